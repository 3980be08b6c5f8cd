#!/usr/bin/env python3
"""What the service costs a month. Prints README.md's table; --write puts it there."""

import re
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
TEMPLATE = (HERE / "template.yaml").read_text(encoding="utf-8")
VOLUMES = (100, 10_000, 1_000_000)

# --- What happens for one patron's request from the first page to its erasure. Assumed, until
# --- replaced by what the tests of the cloud measure.
PAGE_VIEWS = 30  # of static pages: most visitors only read
FILES_A_VIEW = 1.3  # the page, and at times its style or an image
PAGE_KB = 8  # compressed, headers included
ORIGIN_SHARE = 1.0  # of the pages' files fetched from S3: a minute's cache seldom helps a small site
DESK_CALLS = 14  # check, send, receipt; the patron's page; the library's page, claim, calls, closing
DESK_KB = 10
DESK_MS = 15
DELIVER_CALLS = 7  # five send mail; SES tells of two that arrived at a library
DELIVER_MS = 80  # waits for SES
SWEEP_MS = 40  # more than an idle sweep, for all that falls due in a request's life
COLD_SHARE = 0.05  # of the calls that start a function anew; billed
COLD_MS = 60
READS = 50  # units of 4 KB, read consistently
WRITES = 70  # units of 1 KB; a write of a case counts for its body, two indexes, its outbox
MAILS = 6
MAIL_KB = 10
LOG_KB_A_CALL = 1.0  # ours, Lambda's own lines, API Gateway's
CASE_KB = 8  # with indexes, while it is kept
KEPT_MONTHS = 3
# --- What happens when nobody comes.
SWEEPS = 60 * 24 * 30 + 30  # each minute, and the day's canary
IDLE_SWEEP_MS = 25
IDLE_READS = 36  # units a sweep, measured (docs/load.md): the counts of eight days, the mailbox of each library
IDLE_WRITES = 4
IDLE_LOG_KB = 1.0
METRICS = 12  # of our own (namespace BookALibrarian, by function)
UPLOADS = 3_000  # files in S3, rebuilt each night
STORED_GB = 1.0  # site with its old versions, code of some releases

# --- Prices in US dollars, us-west-2 (CloudFront: United States), without free tiers.
# --- Written from the published lists as known in early 2026, not read from AWS at run time. "checked":
# --- a dated copy of AWS's page or a second source of 2025-2026 says the same; else from memory alone.
M = 1e-6
PRICES = {
    "CloudFront, HTTPS request": (0.0100 / 10_000, "aws.amazon.com/cloudfront/pricing", "checked"),
    "CloudFront, GB to visitors": (0.085, "aws.amazon.com/cloudfront/pricing", "checked"),
    "CloudFront Function, call": (0.10 * M, "aws.amazon.com/cloudfront/pricing", "checked"),
    "API Gateway HTTP API, request": (1.00 * M, "aws.amazon.com/api-gateway/pricing", "checked"),
    "Lambda, call": (0.20 * M, "aws.amazon.com/lambda/pricing", "checked"),
    "Lambda arm64, GB-second": (0.0000133334, "aws.amazon.com/lambda/pricing", "checked"),
    "DynamoDB, write unit": (0.625 * M, "aws.amazon.com/dynamodb/pricing/on-demand", "checked"),
    "DynamoDB, read unit": (0.125 * M, "aws.amazon.com/dynamodb/pricing/on-demand", "checked"),
    "DynamoDB, GB-month": (0.25, "aws.amazon.com/dynamodb/pricing/on-demand", "memory"),
    "DynamoDB, GB-month of recovery": (0.20, "aws.amazon.com/dynamodb/pricing/on-demand", "memory"),
    "SES, mail": (0.10 / 1000, "aws.amazon.com/ses/pricing", "checked"),
    "SES, GB": (0.12, "aws.amazon.com/ses/pricing", "memory"),
    "EventBridge Scheduler, call": (1.00 * M, "aws.amazon.com/eventbridge/pricing", "checked"),
    "CloudWatch, GB of logs": (0.50, "aws.amazon.com/cloudwatch/pricing", "checked"),
    "CloudWatch, metric": (0.30, "aws.amazon.com/cloudwatch/pricing", "checked"),
    "CloudWatch, alarm": (0.10, "aws.amazon.com/cloudwatch/pricing", "memory"),
    "CloudWatch, dashboard": (3.00, "aws.amazon.com/cloudwatch/pricing", "checked"),
    "S3, 1 GET": (0.0004 / 1000, "aws.amazon.com/s3/pricing", "checked"),
    "S3, 1 PUT": (0.005 / 1000, "aws.amazon.com/s3/pricing", "checked"),
    "S3, GB-month": (0.023, "aws.amazon.com/s3/pricing", "checked"),
}
GB = 1024 * 1024  # in KB


def price(name):
    """Of one unit."""
    return PRICES[name][0]


def memory_gb():
    """What the template gives each function, unless settings.toml says otherwise."""
    return int(re.search(r"(?s)\n  MemorySize:.*?\bDefault: (\d+)", TEMPLATE)[1]) / 1024


def alarm_metrics():
    """An alarm costs by the metrics it looks at."""
    blocks = re.findall(r"(?m)^  \w+:\n(?:    .*\n|\n)+", TEMPLATE)
    return sum(max(1, block.count("MetricStat:")) for block in blocks if "Type: AWS::CloudWatch::Alarm" in block)


def monthly(requests):
    """Dollars a month by service."""
    calls = requests * (DESK_CALLS + DELIVER_CALLS) + SWEEPS
    work_ms = requests * (DESK_CALLS * DESK_MS + DELIVER_CALLS * DELIVER_MS + SWEEP_MS) + SWEEPS * IDLE_SWEEP_MS
    cold_ms = requests * (DESK_CALLS + DELIVER_CALLS) * COLD_SHARE * COLD_MS
    files = requests * PAGE_VIEWS * FILES_A_VIEW
    desk = requests * DESK_CALLS
    stored = requests * KEPT_MONTHS * CASE_KB / GB
    return {
        "CloudFront": (files + desk) * (price("CloudFront, HTTPS request") + price("CloudFront Function, call"))
        + (files * PAGE_KB + desk * DESK_KB) / GB * price("CloudFront, GB to visitors"),
        "API Gateway": desk * price("API Gateway HTTP API, request"),
        "Lambda": calls * price("Lambda, call")
        + (work_ms + cold_ms) / 1000 * memory_gb() * price("Lambda arm64, GB-second"),
        "DynamoDB": (requests * WRITES + SWEEPS * IDLE_WRITES) * price("DynamoDB, write unit")
        + (requests * READS + SWEEPS * IDLE_READS) * price("DynamoDB, read unit")
        + stored * (price("DynamoDB, GB-month") + price("DynamoDB, GB-month of recovery")),
        "SES": requests * MAILS * (price("SES, mail") + MAIL_KB / GB * price("SES, GB")),
        "EventBridge Scheduler": SWEEPS * price("EventBridge Scheduler, call"),
        "CloudWatch, logs": (requests * (DESK_CALLS + DELIVER_CALLS) * LOG_KB_A_CALL + SWEEPS * IDLE_LOG_KB) / GB
        * price("CloudWatch, GB of logs"),
        "CloudWatch, metrics, alarms, dashboard": METRICS * price("CloudWatch, metric")
        + alarm_metrics() * price("CloudWatch, alarm") + price("CloudWatch, dashboard"),
        "S3": files * ORIGIN_SHARE * price("S3, 1 GET") + UPLOADS * price("S3, 1 PUT") + STORED_GB * price("S3, GB-month"),
    }


def table():
    """The table of README.md."""
    columns = [monthly(volume) for volume in (0, *VOLUMES)]
    rows = ["| US dollars a month, at so many requests | none | " + " | ".join(f"{volume:,}" for volume in VOLUMES) + " |",
            "|---|" + "--:|" * len(columns)]
    for service in columns[0]:
        rows.append(f"| {service} | " + " | ".join(f"{column[service]:,.2f}" for column in columns) + " |")
    totals = [sum(column.values()) for column in columns]
    rows.append("| **all** | " + " | ".join(f"**{total:,.2f}**" for total in totals) + " |")
    return "\n".join(rows) + "\n"


def sources():
    """The prices and where they are from."""
    rows = ["| price | US dollars | published at | |", "|---|--:|---|---|"]
    for name, (value, page, sure) in PRICES.items():
        rows.append(f"| {name} | {value:.10f}".rstrip("0").rstrip(".") + f" | {page} | {sure} |")
    return "\n".join(rows) + "\n"


def main():
    """Prints, or writes into README.md between its marks."""
    if sys.argv[1:] == ["--sources"]:
        print(sources(), end="")
    elif sys.argv[1:] == ["--write"]:
        readme = HERE / "README.md"
        text = readme.read_text(encoding="utf-8")
        start, end = "<!-- cost.py -->\n", "<!-- /cost.py -->"
        before, rest = text.split(start)
        readme.write_text(before + start + table() + end + rest.split(end)[1], encoding="utf-8")
    elif not sys.argv[1:]:
        print(table(), end="")
    else:
        sys.exit("usage: cost.py [--sources | --write]")


if __name__ == "__main__":
    main()
