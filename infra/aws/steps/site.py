"""The site: what is uploaded, in which order, with which headers, and what is taken away."""

import datetime
import hashlib
import json
import shutil
from pathlib import Path

from .tell import Failure, say

TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".xml": "application/xml",
    ".atom": "application/atom+xml",
    ".json": "application/json",
    ".webmanifest": "application/manifest+json",
    ".ics": "text/calendar; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".gif": "image/gif",
    ".webp": "image/webp",
    ".avif": "image/avif",
    ".ico": "image/x-icon",
    ".woff2": "font/woff2",
    ".pdf": "application/pdf",
}
# Their names change with their content.
FOREVER = "public, max-age=31536000, immutable"
# CloudFront keeps a page for a minute, so that nothing has to be invalidated; browsers always ask.
MINUTE = "public, max-age=0, s-maxage=60, must-revalidate"
# When these change, all files are uploaded once more: S3 doesn't list the headers it has.
RULES = hashlib.sha256(json.dumps([TYPES, FOREVER, MINUTE]).encode()).hexdigest()
# Pages say what is so now: one that is gone from the build is taken away. All else may be needed by
# a copy of a page that somebody still has open, and waits for --prune.
SAYS = (".html", ".xml", ".txt", ".json", ".atom")
KEEP_DAYS = 30
STATE = "site/state.json"


def is_asset(key):
    """Whether its name changes with its content."""
    return key.startswith("assets/")


def read(folder: Path):
    """The files of a build, but for what is for Caddy alone: `{key: path}`."""
    files = {}
    for path in sorted(folder.rglob("*")):
        key = path.relative_to(folder).as_posix()
        if path.is_dir() or path.suffix in (".br", ".gz") or path.name.startswith("."):
            continue
        if path.suffix not in TYPES:
            raise Failure(f"Nobody knows the content type of {path}.",
                          "Add its ending to TYPES in infra/aws/steps/site.py, or take the file out of content/.")
        files[key] = path
    pages = [key for key in files if key.endswith(".html")]
    for needed in ("index.html", "404.html", "sorry.html"):
        if needed not in files:
            raise Failure(f"The build in {folder} has no {needed} ({len(pages)} pages in all).",
                          "It isn't whole: build it again (`cargo run --release -- build`).")
    return files


def etag(path: Path, part=8 * 1024 * 1024):
    """What S3 calls a file that the CLI has uploaded: its MD5, or from 8 MB on that of its parts."""
    content = path.read_bytes()
    if len(content) < part:
        return hashlib.md5(content, usedforsecurity=False).hexdigest()
    sums = [hashlib.md5(content[at:at + part], usedforsecurity=False).digest() for at in range(0, len(content), part)]
    return f"{hashlib.md5(b''.join(sums), usedforsecurity=False).hexdigest()}-{len(sums)}"


def order(key, there):
    """Assets first: pages name them. Then new pages, what lists them, and last the pages that link to them."""
    if is_asset(key):
        return 0
    if not key.endswith(".html"):
        return 2
    return 3 if key in there else 1


class Site:
    """A build beside what the bucket has."""

    def __init__(self, aws, bucket, code_bucket, folder: Path, scratch: Path, dry):
        self.aws, self.bucket, self.code_bucket = aws, bucket, code_bucket
        self.scratch, self.dry = scratch, dry
        self.files = read(folder)
        # None: the first deployment, seen by --dry-run; the stack would make the bucket.
        self.there = aws.list_objects(bucket) if bucket else {}
        self.state = self.read_state() if bucket else {}
        rules_changed = bool(self.there) and self.state.get("rules") != RULES
        changed = [key for key, path in self.files.items() if rules_changed or self.there.get(key) != etag(path)]
        self.changed = sorted(changed, key=lambda key: (order(key, self.there), key))

    def read_state(self):
        file = self.scratch / "state.json"
        if not self.aws.get_object(self.code_bucket, STATE, file):
            return {}
        return json.loads(file.read_text(encoding="utf-8"))

    def vanished(self):
        """Pages that the bucket has and the build hasn't."""
        return [key for key in sorted(self.there) if key not in self.files and not is_asset(key) and key.endswith(SAYS)]

    def check(self, remove_many):
        """A broken build must not take the site away."""
        vanished = self.vanished()
        if len(vanished) > max(20, len(self.there) // 10) and not remove_many:
            some = ", ".join(vanished[:5])
            raise Failure(
                f"{len(vanished)} of {len(self.there)} files would be taken off the site ({some}, …).",
                "Look at the content; if that is meant, add --remove-many. Nothing was uploaded.",
            )

    def upload(self, assets_only=False):
        """Uploads what changed. Assets may go alone, before functions that name them."""
        if not self.there and not self.bucket:
            say(f"  would upload {len(self.changed)} files: nothing is there yet")
            return
        todo = [key for key in self.changed if not assets_only or is_asset(key)]
        # Files of one group differ in their path alone, so that the CLI takes them in one call.
        groups = {}
        for key in todo:
            kind = (order(key, self.there), Path(key).suffix)
            groups.setdefault(kind, []).append(key)
        for (_, suffix), keys in sorted(groups.items()):
            self.upload_group(keys, TYPES[suffix], FOREVER if is_asset(keys[0]) else MINUTE)
        self.changed = [key for key in self.changed if key not in todo]
        if not assets_only:
            say(f"  {len(todo)} of {len(self.files)} files {'would be ' if self.dry else ''}uploaded")

    def upload_group(self, keys, content_type, cache):
        if self.dry:
            for key in keys:
                say(f"  would upload {key} ({cache})")
            return
        stage = self.scratch / "stage"
        for key in keys:
            (stage / key).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(self.files[key], stage / key)
        self.aws.call("s3", "cp", str(stage), f"s3://{self.bucket}/", "--recursive", "--only-show-errors",
                      "--content-type", content_type, "--cache-control", cache)
        shutil.rmtree(stage)

    def tidy(self, prune):
        """After all is up: takes vanished pages away, and with `prune` what nobody has named for 30 days."""
        if not self.bucket:
            return
        today = datetime.datetime.now(datetime.timezone.utc).date()
        since = self.state.get("unnamed", {})
        vanished = self.vanished()
        unnamed = {key: since.get(key, today.isoformat())
                   for key in self.there if key not in self.files and key not in vanished}
        old = [key for key, day in unnamed.items() if (today - datetime.date.fromisoformat(day)).days >= KEEP_DAYS]
        gone = vanished + (sorted(old) if prune else [])
        for key in gone:
            say(f"  {'would take' if self.dry else 'took'} away {key}")
        if old and not prune:
            say(f"  {len(old)} assets that no page has named for {KEEP_DAYS} days may go: --prune")
        if self.dry:
            return
        for at in range(0, len(gone), 1000):
            objects = [{"Key": key} for key in gone[at:at + 1000]]
            answer = self.aws.call("s3api", "delete-objects",
                                   given={"Bucket": self.bucket, "Delete": {"Objects": objects, "Quiet": True}})
            if answer and answer.get("Errors"):
                raise Failure(f"S3 didn't take away {answer['Errors'][0].get('Key')}.", "Run it again.")
        self.write_state({key: day for key, day in sorted(unnamed.items()) if key not in gone})

    def write_state(self, unnamed):
        state = {"rules": RULES, "unnamed": unnamed}
        if state == self.state:
            return
        file = self.scratch / "state.json"
        file.write_text(json.dumps(state, indent=1) + "\n", encoding="utf-8")
        self.aws.put_object(self.code_bucket, STATE, file, "application/json")
