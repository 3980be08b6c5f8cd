"""What Lambda's Python runtime does: loads the handler, then one event after the other."""

import http.client
import json
import os
import traceback

ROOT = "/2018-06-01/runtime"


def main():
    api = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])

    def call(method, path, body=None):
        api.request(method, ROOT + path, body, {"Content-Type": "application/json"})
        answer = api.getresponse()
        return answer.headers, answer.read()

    try:
        from handler import handler
    except Exception as error:
        traceback.print_exc()
        call("POST", "/init/error", report(error))
        raise SystemExit(1)
    while True:
        headers, event = call("GET", "/invocation/next")
        id = headers["Lambda-Runtime-Aws-Request-Id"]
        try:
            result = json.dumps(handler(json.loads(event), None))
            call("POST", f"/invocation/{id}/response", result)
        except Exception as error:
            traceback.print_exc()
            call("POST", f"/invocation/{id}/error", report(error))


def report(error):
    return json.dumps({"errorType": type(error).__name__, "errorMessage": str(error)})


main()
