"""Calls of the AWS CLI, and what its errors mean."""

import json
import os
import shutil
import subprocess
import tempfile

from .tell import Failure

# A part of the CLI's message -> what to do.
HINTS = [
    (("Unable to locate credentials", "NoCredentials"),
     "Sign in first: `aws sso login`, or `aws configure`."),
    (("ExpiredToken", "Token has expired", "session has expired", "InvalidClientTokenId"),
     "The sign-in is over: sign in again (`aws sso login`)."),
    (("AccessDenied", "UnauthorizedOperation", "not authorized", "Forbidden"),
     "Your role may not do this. README.md, 'Who may deploy', names what it needs."),
    (("Could not connect to the endpoint", "EndpointConnectionError", "Connect timeout"),
     "Look at the network and at `region` in settings.toml, then run it again: it goes on where it was."),
    (("Throttling", "Rate exceeded", "SlowDown"), "AWS asks to go slower: run it again in a minute."),
    (("config profile",), "`aws configure list-profiles` names the profiles."),
]


class AwsError(Failure):
    """The CLI said no. `code` is AWS's name for it (`NoSuchKey`, `ParameterNotFound`)."""

    def __init__(self, call, message):
        hints = [then for words, then in HINTS if any(word in message for word in words)]
        then = hints[0] if hints else "Run it again; if it stays, the message above is AWS's own."
        super().__init__(f"`aws {call}` failed: {message}", then)
        self.message = message

    def has(self, *codes):
        """Whether it is one of these errors."""
        return any(f"({code})" in self.message or code in self.message for code in codes)


class Aws:
    """The CLI for one region. Secrets go through a file, never through arguments, which `ps` shows."""

    def __init__(self, region):
        self.region = region
        if not shutil.which("aws"):
            raise Failure("There is no `aws` command.", "Install the AWS CLI, version 2, then run it again.")

    def call(self, *arguments, given=None):
        """Runs `aws ...`. `given` becomes the call's input. The answer as data, None if it is empty."""
        command = ["aws", *arguments, "--region", self.region, "--output", "json"]
        # Readable for this user alone, and gone when the call is over. (The CLI reads it twice: no pipe.)
        with tempfile.NamedTemporaryFile("w", encoding="utf-8", prefix="deploy-", suffix=".json") as file:
            if given is not None:
                json.dump(given, file)
                file.flush()
                command += ["--cli-input-json", f"file://{file.name}"]
            # No pager: it would wait for a key.
            done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                                  env={**os.environ, "AWS_PAGER": ""}, check=False)
        if done.returncode != 0:
            lines = [line for line in done.stderr.splitlines() if line.strip()]
            raise AwsError(" ".join(arguments[:2]), " ".join(lines[-3:]) or f"exit {done.returncode}")
        return json.loads(done.stdout) if done.stdout.strip() else None

    def account(self):
        """The number of the account that is signed in."""
        return self.call("sts", "get-caller-identity")["Account"]

    def get_object(self, bucket, key, file):
        """Writes an object into a file; whether it is there."""
        try:
            self.call("s3api", "get-object", "--bucket", bucket, "--key", key, str(file))
        except AwsError as error:
            if error.has("NoSuchKey", "404", "Not Found", "NoSuchBucket"):
                return False
            raise
        return True

    def put_object(self, bucket, key, file, content_type):
        """Stores a file."""
        self.call("s3api", "put-object", "--bucket", bucket, "--key", key, "--body", str(file),
                  "--content-type", content_type)

    def list_objects(self, bucket, prefix=""):
        """All objects: `{key: etag}`. The CLI asks page by page."""
        answer = self.call("s3api", "list-objects-v2", "--bucket", bucket, "--prefix", prefix) or {}
        return {item["Key"]: item["ETag"].strip('"') for item in answer.get("Contents", [])}

    def has_bucket(self, bucket):
        """Whether a bucket is there and ours."""
        try:
            self.call("s3api", "head-bucket", "--bucket", bucket)
        except AwsError as error:
            if error.has("404", "NoSuchBucket", "Not Found"):
                return False
            raise
        return True
