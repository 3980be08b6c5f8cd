"""What was deployed when: a small file each time, so that code can go back in a minute."""

import json
import subprocess
import time

from .code import FUNCTIONS, KEYS
from .tell import Failure, say


def note(aws, bucket, keys, root, scratch):
    """Writes down the functions' zips that run from now on."""
    name = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
    done = subprocess.run(["git", "describe", "--always", "--dirty"], cwd=root, capture_output=True, text=True, check=False)
    release = {"commit": done.stdout.strip() or "unknown", "keys": keys}
    file = scratch / "release.json"
    file.write_text(json.dumps(release, indent=1) + "\n", encoding="utf-8")
    aws.put_object(bucket, f"releases/{name}.json", file, "application/json")
    say(f"  noted as release {name}")


def read(aws, bucket, name, scratch):
    """The zips of a release."""
    file = scratch / "release.json"
    if not aws.get_object(bucket, f"releases/{name}.json", file):
        raise Failure(f"There is no release {name}.", "`infra/aws/deploy releases` lists them.")
    return json.loads(file.read_text(encoding="utf-8"))


def show(aws, bucket, stack, scratch, count=10):
    """The latest, newest first, the one that runs marked."""
    running = {name: stack.parameters.get(KEYS[name]) for name in FUNCTIONS}
    objects = aws.list_objects(bucket, "releases/") if aws.has_bucket(bucket) else {}
    listed = sorted((key.removeprefix("releases/").removesuffix(".json") for key in objects), reverse=True)
    if not listed:
        say("Nothing was deployed yet.")
    for name in listed[:count]:
        release = read(aws, bucket, name, scratch)
        say(f"{name}  {release['commit']}{'  (runs now)' if release['keys'] == running else ''}")
