"""A form's least with boto3: parameters from SSM at the start, the form parsed, one conditional
put, a page."""

import base64
import os
import re
import secrets
from html import escape
from string import Template
from urllib.parse import parse_qs

import boto3

names = [os.environ["BENCH_SECRETS_PARAMETER"], os.environ["BENCH_ORIGIN_PARAMETER"]]
found = boto3.client("ssm").get_parameters(Names=names, WithDecryption=True)
if len(found["Parameters"]) != len(names):
    raise RuntimeError("parameters are missing")
dynamodb = boto3.client("dynamodb")
table = os.environ["BENCH_TABLE"]

PHONE = re.compile(r"^\D*1?\D*([2-9]\d\d)\D*([2-9]\d\d)\D*(\d{4})\D*$")
PAGE = Template(
    """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Sent</title></head>
<body><main><h1>Your request was sent</h1><p>Its number is $id.</p>
<dl><dt>Topic</dt><dd>$topic</dd><dt>Phone</dt><dd>$phone</dd><dt>E-mail</dt><dd>$email</dd></dl>
</main></body></html>"""
)


def handler(event, context):
    body = event.get("body") or ""
    if event.get("isBase64Encoded"):
        body = base64.b64decode(body).decode()
    fields = {key: values[0] for key, values in parse_qs(body).items()}
    match = PHONE.match(fields.get("phone", ""))
    if not match:
        return {"statusCode": 422, "headers": {}, "body": ""}
    item = {key: fields.get(key, "") for key in ("topic", "details", "name", "email")}
    item.update(id=secrets.token_hex(16), phone="+1" + "".join(match.groups()))
    dynamodb.put_item(
        TableName=table,
        Item={key: {"S": value} for key, value in item.items()},
        ConditionExpression="attribute_not_exists(id)",
    )
    page = PAGE.substitute({key: escape(value) for key, value in item.items()})
    return {"statusCode": 200, "headers": {"content-type": "text/html; charset=utf-8"}, "body": page}
