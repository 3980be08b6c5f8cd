"""The three functions: built, zipped with the desk's bundle, and stored under keys that name their content."""

import hashlib
import io
import json
import platform
import re
import shutil
import subprocess
import zipfile
from pathlib import Path

from .tell import Failure, say

FUNCTIONS = ("desk", "deliver", "sweep")
KEYS = {"desk": "DeskCodeKey", "deliver": "DeliverCodeKey", "sweep": "SweepCodeKey"}
TARGETS = {"arm64": "aarch64-unknown-linux-gnu", "x86_64": "x86_64-unknown-linux-gnu"}
# What Amazon Linux 2023 has, on which the functions run.
GLIBC_MAX = 34
OPTIONS = ["-p", "handler", "--features", "aws", "--bins", "--profile", "lambda"]


def build(root: Path, architecture: str):
    """Builds the functions: `{name: path of the binary}`."""
    if not shutil.which("cargo"):
        raise Failure("There is no `cargo` command.", "Install Rust (https://rustup.rs), then run it again.")
    here = {"amd64": "x86_64", "aarch64": "arm64"}.get(platform.machine().lower(), platform.machine().lower())
    if platform.system() == "Linux" and here == architecture:
        say(f"Building the functions for {architecture} (the first time takes some minutes)")
        built = plain(root)
        newest = max(glibc(path) for path in built.values())
        if newest <= GLIBC_MAX:
            return built
        say(f"They need glibc 2.{newest}; Lambda has 2.{GLIBC_MAX}. Once more, with cargo-lambda")
        why = f"this machine's C library is newer than Lambda's (2.{newest}, not 2.{GLIBC_MAX})"
    else:
        why = f"this machine is {platform.system()} on {here}, the functions run on Linux on {architecture}"
    return crossing(root, architecture, why)


def plain(root):
    """By cargo alone, for this machine's kind."""
    done = subprocess.run(
        ["cargo", "build", *OPTIONS, "--message-format", "json-render-diagnostics"],
        cwd=root, stdout=subprocess.PIPE, text=True, check=False,
    )
    if done.returncode != 0:
        raise Failure("The functions can't be built.", "cargo says above why.")
    built = {}
    for line in done.stdout.splitlines():
        message = json.loads(line) if line.startswith("{") else {}
        if message.get("executable") and message.get("target", {}).get("name") in FUNCTIONS:
            built[message["target"]["name"]] = Path(message["executable"])
    return complete(built)


def crossing(root, architecture, why):
    """By cargo-lambda, which brings another linker and an older C library."""
    if not shutil.which("cargo-lambda"):
        raise Failure(
            f"The functions need cargo-lambda here: {why}.",
            "`pip install cargo-lambda ziglang`, then run it again; or build on a machine of that kind; "
            "or set Architecture in settings.toml to this machine's.",
        )
    target = TARGETS[architecture]
    if shutil.which("rustup"):
        listed = subprocess.run(["rustup", "target", "list", "--installed"], cwd=root, capture_output=True, text=True, check=False)
        if target not in listed.stdout.split():
            say(f"Adding Rust's library for {target}")
            added = subprocess.run(["rustup", "target", "add", target], cwd=root, capture_output=True, text=True, check=False)
            if added.returncode != 0:
                reason = (added.stderr.strip().splitlines() or ["no reason given"])[-1].strip()
                raise Failure(
                    f"Rust's library for {target} can't be added here: {reason}.",
                    f"Run `rustup target add {target}` where the network allows it, build on a machine of that "
                    "kind, or set Architecture in settings.toml to this machine's.",
                )
    answer = subprocess.run(["cargo", "metadata", "--format-version", "1", "--no-deps"], cwd=root,
                            stdout=subprocess.PIPE, text=True, check=False)
    if answer.returncode != 0:
        raise Failure("The workspace can't be read.", "cargo says above why.")
    # Its own default is target/lambda, where cargo keeps what the profile `lambda` makes.
    folder = Path(json.loads(answer.stdout)["target_directory"]) / "functions"
    say(f"Building the functions for {architecture} with cargo-lambda: {why}")
    done = subprocess.run(["cargo-lambda", "lambda", "build", *OPTIONS, "--target", target, "--lambda-dir", str(folder)],
                          cwd=root, check=False)
    if done.returncode != 0:
        raise Failure("The functions can't be built.", "cargo-lambda says above why.")
    return complete({name: folder / name / "bootstrap" for name in FUNCTIONS if (folder / name / "bootstrap").exists()})


def complete(built):
    """All three, or a failure."""
    missing = [name for name in FUNCTIONS if name not in built]
    if missing:
        raise Failure(f"The build made no {', '.join(missing)}.",
                      "The crate `handler` must have these binaries with its feature `aws`.")
    return built


def glibc(path):
    """The newest version of glibc that a binary asks for: 34 of GLIBC_2.34."""
    return max((int(minor) for minor in re.findall(rb"GLIBC_2\.(\d+)", path.read_bytes())), default=0)


def pack(name, bootstrap: bytes, bundle: bytes):
    """
    A zip file and its key. The key is made from what is in it, not from the zip's bytes: two
    versions of zlib pack the same content differently. No times and no owners go in.
    """
    digest = hashlib.sha256(hashlib.sha256(bootstrap).digest() + hashlib.sha256(bundle).digest()).hexdigest()
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as file:
        for entry, content, mode in (("bootstrap", bootstrap, 0o755), ("bundle.json", bundle, 0o644)):
            info = zipfile.ZipInfo(entry, date_time=(1980, 1, 1, 0, 0, 0))
            info.create_system = 3
            info.external_attr = (0o100000 | mode) << 16
            info.compress_type = zipfile.ZIP_DEFLATED
            file.writestr(info, content)
    return f"code/{name}-{digest[:32]}.zip", packed.getvalue()


def fetch(aws, bucket, keys, folder: Path):
    """The functions that run now, from their zips: `{name: bootstrap}`, and the bundle beside them."""
    bootstraps, bundle = {}, b""
    for name in FUNCTIONS:
        file = folder / f"{name}.zip"
        if not aws.get_object(bucket, keys[name], file):
            raise Failure(f"s3://{bucket}/{keys[name]} is gone, which the function {name} was made from.",
                          "Run deploy without --site-only: it builds the functions anew.")
        with zipfile.ZipFile(file) as packed:
            bootstraps[name], bundle = packed.read("bootstrap"), packed.read("bundle.json")
    return bootstraps, bundle


def upload(aws, bucket, zips, folder: Path, dry):
    """Stores the zips that aren't there yet. `zips`: `{name: (key, bytes)}`. How many it stored."""
    there = aws.list_objects(bucket, "code/") if aws.has_bucket(bucket) else {}
    stored = 0
    for name, (key, packed) in zips.items():
        if key in there:
            continue
        stored += 1
        size = f"{len(packed) / 1e6:.1f} MB"
        if dry:
            say(f"  would store {key} ({size})")
            continue
        file = folder / f"{name}.zip"
        file.write_bytes(packed)
        aws.put_object(bucket, key, file, "application/zip")
        say(f"  stored {key} ({size})")
    return stored
