"""For deploy_test.py: an emulator of AWS, and a small project beside a copy of the real script."""

import json
import os
import platform
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
REGION = "us-west-2"
PAGES = {
    "index.html": "<h1>Home</h1>",
    "404.html": "Not found",
    "sorry.html": "Sorry",
    "topics/genealogy/index.html": "Genealogy",
    "robots.txt": "User-agent: *",
    "sitemap.xml": "<urlset/>",
    "assets/site.0123456789ab.css": "body{}",
    "assets/icon.0123456789ab.svg": "<svg/>",
}
SETTINGS = f"""
stack = "library"
region = "{REGION}"
[parameters]
DomainName = "help.library.example"
CertificateArn = "arn:aws:acm:us-east-1:000000000000:certificate/0-1"
SenderDomain = "library.example"
AlarmEmail = "web@library.example"
"""
ROOT_MANIFEST = """
[workspace]
members = ["handler"]
resolver = "2"
[package]
name = "book-a-librarian"
version = "0.0.0"
edition = "2021"
[profile.lambda]
inherits = "release"
"""
HANDLER_MANIFEST = """
[package]
name = "handler"
version = "0.0.0"
edition = "2021"
[features]
aws = []
""" + "".join(f'[[bin]]\nname = "{name}"\nrequired-features = ["aws"]\n' for name in ("desk", "deliver", "sweep"))
# `build --out FOLDER --base-url URL`: what lies in pages/, with .br and .gz as the real one has them.
BUILDER = """
use std::{env, fs, path::Path};
fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() { copy(&path, &target); continue; }
        fs::copy(&path, &target).unwrap();
        for ending in ["br", "gz"] { fs::copy(&path, format!("{}.{ending}", target.display())).unwrap(); }
    }
}
fn main() {
    let given: Vec<String> = env::args().collect();
    assert_eq!((&given[1][..], &given[2][..], &given[4][..], &given[5][..]), ("build", "--out", "--base-url", "https://help.library.example"));
    let out = Path::new(&given[3]);
    let _ = fs::remove_dir_all(out);
    copy(Path::new("pages"), &out.join("site"));
    fs::create_dir_all(out.join("desk")).unwrap();
    fs::copy("bundle.json", out.join("desk/bundle.json")).unwrap();
}
"""


def program(name):
    """A command beside this Python (a venv's), or on PATH."""
    beside = Path(sys.executable).parent / name
    found = str(beside) if beside.exists() else shutil.which(name)
    if not found:
        sys.exit(f"{name} is missing: pip install -r tests/infra/deploy_requirements.txt")
    return found


def emulated(template):
    """The real template, with something else for what the emulator doesn't know: budgets, alarms that compute, DKIM."""
    def instead(found):
        block = found[0]
        known = "AWS::Budgets::Budget" not in block and not ("CloudWatch::Alarm" in block and "      Metrics:" in block)
        used = " ".join(sorted(set(re.findall(r"!Ref (\w+)", block)) & {"MonthlyBudget"}))
        value = f"!Ref {used}" if used else "absent"
        return block if known else f"  {found[1]}:\n    Type: AWS::SSM::Parameter\n    Properties: {{ Type: String, Value: {value} }}\n"
    return re.sub(r"(?m)^  (\w+):\n(?:    .*\n|\n)+", instead, re.sub(r"(?m)^  Dkim\d: .*\n", "", template.read_text(encoding="utf-8")))


class Emulator:
    """ministack on a free port, with nothing kept."""

    def __init__(self):
        self.folder = tempfile.TemporaryDirectory(prefix="ministack-")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        environment = {**os.environ, "GATEWAY_PORT": str(port), "GATEWAY_LISTEN": "127.0.0.1", "TMPDIR": self.folder.name}
        self.log = open(Path(self.folder.name) / "log", "w+", encoding="utf-8")
        self.process = subprocess.Popen([program("ministack")], env=environment, cwd=self.folder.name,
                                        stdout=self.log, stderr=subprocess.STDOUT)
        while True:
            try:
                urllib.request.urlopen(f"{self.url}/_ministack/health", timeout=5).read()
                return
            except OSError:
                if self.process.poll() is not None:
                    sys.exit(f"ministack didn't start:\n{Path(self.log.name).read_text(encoding='utf-8')}")

    def stop(self):
        """Ends it and leaves nothing behind."""
        self.process.terminate()
        self.process.wait()
        self.log.close()
        self.folder.cleanup()


class Project:
    """A small project in a folder of its own: its pages, its functions, the real script."""

    def __init__(self, emulator, shared_target, account):
        self.folder = tempfile.TemporaryDirectory(prefix="deploy-test-")
        self.root = Path(self.folder.name)
        self.emulator, self.account = emulator, account
        shutil.copytree(ROOT / "infra" / "aws", self.root / "infra" / "aws")
        self.write("infra/aws/template.yaml", emulated(ROOT / "infra" / "aws" / "template.yaml"))
        architecture = "arm64" if platform.machine().lower() in ("arm64", "aarch64") else "x86_64"
        self.write("infra/aws/settings.toml", SETTINGS + f'Architecture = "{architecture}"\n')
        self.write("Cargo.toml", ROOT_MANIFEST)
        self.write("src/main.rs", BUILDER)
        self.write("handler/Cargo.toml", HANDLER_MANIFEST)
        for name in ("desk", "deliver", "sweep"):
            self.write(f"handler/src/bin/{name}.rs", f'fn main() {{ println!("{name}"); }}')
        self.write("bundle.json", '{"topics":[]}')
        for name, text in PAGES.items():
            self.write(f"pages/{name}", text)
        tools = self.root / "tools"
        tools.mkdir()
        (self.root / "tmp").mkdir()
        # Every call of the CLI is written down, and what ps would show of it.
        calls = tools / "aws"
        calls.write_text(f'#!/bin/sh\nprintf "%s\\n" "$*" >> "{self.root}/calls"\nexec "{program("aws")}" "$@"\n', encoding="utf-8")
        calls.chmod(0o755)
        # No cargo-lambda and no cfn-lint, wherever the tests run.
        for name in ("cargo", "rustc"):
            (tools / name).symlink_to(program(name))
        # Twelve digits as an access key are an account of their own in the emulator.
        self.environment = {
            **{key: value for key, value in os.environ.items() if not key.startswith(("AWS_", "BOOK_A_LIBRARIAN_"))},
            "PATH": f"{tools}:/usr/bin:/bin",
            "TMPDIR": str(self.root / "tmp"),
            "HOME": os.environ.get("HOME", self.folder.name),
            "AWS_ENDPOINT_URL": emulator.url,
            "AWS_ACCESS_KEY_ID": account,
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_CONFIG_FILE": "/dev/null",
            "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
            "CARGO_TARGET_DIR": str(shared_target),
        }

    def write(self, name, text):
        """A file of the project."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def remove(self, name):
        """Takes a file out of the project."""
        (self.root / name).unlink()

    def run(self, *arguments, environment=None):
        """Runs the script: exit code, output, and the calls it made."""
        (self.root / "calls").write_text("", encoding="utf-8")
        done = subprocess.run(
            [sys.executable, str(self.root / "infra" / "aws" / "deploy"), *arguments],
            cwd=self.root, env={**self.environment, **(environment or {})}, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
        )
        self.said = done.stdout
        self.calls = (self.root / "calls").read_text(encoding="utf-8").splitlines()
        return done.returncode

    def deploy(self, *arguments):
        """Runs the script, which must not fail."""
        code = self.run(*arguments)
        assert code == 0, f"deploy {' '.join(arguments)} exits {code}:\n{self.said}"

    def aws(self, *arguments):
        """A look into the emulator."""
        done = subprocess.run([program("aws"), *arguments, "--region", REGION, "--output", "json"],
                              env=self.environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout) if done.stdout.strip() else None

    def stack(self):
        """The stack as AWS shows it."""
        return self.aws("cloudformation", "describe-stacks", "--stack-name", "library")["Stacks"][0]

    def parameter(self, name):
        """A parameter of the stack."""
        return next(one["ParameterValue"] for one in self.stack()["Parameters"] if one["ParameterKey"] == name)

    def bucket(self):
        """The site's bucket."""
        return next(one["OutputValue"] for one in self.stack()["Outputs"] if one["OutputKey"] == "SiteBucket")

    def code_bucket(self):
        """The functions' bucket."""
        return f"library-code-{self.account}-{REGION}"

    def objects(self, bucket=None):
        """All objects of the site, with the versions that they have."""
        listed = self.aws("s3api", "list-objects-v2", "--bucket", bucket or self.bucket()) or {}
        return {one["Key"]: one for one in listed.get("Contents", [])}

    def head(self, key):
        """What a browser is told about a file."""
        return self.aws("s3api", "head-object", "--bucket", self.bucket(), "--key", key)

    def uploads(self):
        """What the last run uploaded to the site: its calls, by their headers."""
        return [re.search(r"--content-type (\S+)", call)[1].split(";")[0] for call in self.calls if call.startswith("s3 cp")]

    def secret(self, name):
        """A secret's value."""
        return self.aws("ssm", "get-parameter", "--name", name, "--with-decryption")["Parameter"]["Value"]

    def close(self):
        """Leaves nothing behind."""
        self.folder.cleanup()
