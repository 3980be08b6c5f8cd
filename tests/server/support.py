"""The real binary and the real Caddy on free ports, and patrons who send forms to them."""

import contextlib
import http.client
import json
import os
import re
import socket
import subprocess
import tempfile
import threading
import time
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlencode, urlsplit

REPOSITORY = Path(__file__).resolve().parents[2]
INFRA = REPOSITORY / "infra" / "server"
# Set by test.py.
BINARY = None

# How long anything may take until it is ready. Reached only if it never will be.
LIMIT = 60


def until(what, condition):
    """Asks again and again, and fails after the limit."""
    end = time.monotonic() + LIMIT
    while time.monotonic() < end:
        found = condition()
        if found:
            return found
        time.sleep(0.02)
    raise AssertionError(f"not within {LIMIT} s: {what}")


def free_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


class Answer:
    def __init__(self, response):
        self.status = response.status
        self.headers = response.headers
        self.body = response.read()

    @property
    def text(self):
        return self.body.decode()


def ask(base, method, path, body=None, headers=None, timeout=LIMIT):
    """One request on a connection of its own."""
    connection = http.client.HTTPConnection(urlsplit(base).netloc, timeout=timeout)
    with contextlib.closing(connection):
        connection.request(method, path, body=body, headers=headers or {})
        return Answer(connection.getresponse())


FORM = {"content-type": "application/x-www-form-urlencoded"}


def post(base, path, fields, **other):
    return ask(base, "POST", path, urlencode(fields), FORM, **other)


class HiddenFields(HTMLParser):
    """The fields that the form `request` sends along unseen."""

    def __init__(self, page):
        super().__init__()
        self.inside, self.fields = False, []
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if tag == "form":
            self.inside = attributes.get("id") == "request"
        elif tag == "input" and self.inside and attributes.get("type") == "hidden":
            self.fields.append((attributes["name"], attributes.get("value") or ""))

    def handle_endtag(self, tag):
        if tag == "form":
            self.inside = False


def check(base, patron):
    """Fills in the form and presses Continue."""
    answers = {
        "topic": "e-books",
        "details": f"I am patron {patron}.",
        "email": f"patron-{patron}@example.com",
    }
    page = post(base, "/desk/en/check", answers)
    if page.status != 200:
        raise AssertionError(f"check: {page.status}")
    fields = HiddenFields(page.text).fields
    if dict(fields).get("details") != answers["details"]:
        raise AssertionError("the check page shows other answers than those sent")
    return fields


def request_session(base, patron):
    """Fills in, checks and sends. The receipt's path, once it is acknowledged."""
    sent = post(base, "/desk/en/send", check(base, patron))
    if sent.status != 303:
        raise AssertionError(f"send: {sent.status}")
    return sent.headers["location"]


def reference(path):
    """The nine digits in the path of a receipt, as pages and mails write them."""
    digits = re.search(r"/request/([0-9]{9})", path.replace("-", "").replace(" ", ""))[1]
    return f"{digits[:3]} {digits[3:6]} {digits[6:]}"


class Patrons:
    """Four threads that send one request after the other, until they are told to stop."""

    numbers = iter(range(1, 1_000_000))

    def __init__(self, base, threads=4):
        self.base, self.acknowledged, self.failed = base, [], []
        self.going = True
        self.threads = [threading.Thread(target=self.run) for _ in range(threads)]

    def run(self):
        while self.going:
            try:
                self.acknowledged.append(request_session(self.base, next(Patrons.numbers)))
            except (AssertionError, OSError, http.client.HTTPException) as failure:
                self.failed.append(repr(failure))

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.going = False
        for thread in self.threads:
            thread.join()

    def wait_for(self, more):
        """Until so many more are acknowledged."""
        goal = len(self.acknowledged) + more
        until(f"{more} more requests", lambda: len(self.acknowledged) >= goal or self.failed)


class Server:
    """`serve`, with a data folder."""

    def __init__(self, data, port=0, folder=REPOSITORY, command=None, flags=(), log="warn"):
        environment = {
            "PATH": os.environ["PATH"],
            "BOOK_A_LIBRARIAN_DATA": str(data),
            "BOOK_A_LIBRARIAN_LISTEN": f"127.0.0.1:{port}",
            "BOOK_A_LIBRARIAN_LOG": log,
        }
        self.log = tempfile.TemporaryFile()
        self.process = subprocess.Popen(
            [*(command or [BINARY]), "serve", *flags],
            cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=self.log,
        )
        self.line = ""

    def started(self):
        """Waits until it says where it serves."""
        line = self.process.stdout.readline().decode().strip()
        if not line.startswith("Serving "):
            self.stop()
            raise AssertionError(f"serve did not start: {self.said()}")
        self.base = line.removeprefix("Serving ").rstrip("/")
        return self

    def said(self):
        self.log.seek(0)
        return self.log.read().decode()

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(LIMIT)
        finally:
            self.process.kill()
            self.process.wait()
            self.process.stdout.close()

    def __enter__(self):
        return self.started()

    def __exit__(self, *_):
        self.stop()
        self.log.close()


class Caddy:
    """Caddy with our file, on this machine alone. The site is plain http here."""

    def __init__(self, folder, desk_port, pages, hold="60s"):
        self.folder, self.run = Path(folder), Path(folder) / "run"
        self.port, self.pause_port = free_port(), free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        self.run.mkdir(exist_ok=True)
        self.environment = {
            "PATH": os.environ["PATH"], "HOME": str(folder), "XDG_CONFIG_HOME": str(folder),
            "XDG_DATA_HOME": str(folder), "CADDY_ADMIN": "off", "SITE_ADDRESS": self.base,
            "DESK": f"127.0.0.1:{desk_port}", "PAUSE_PORT": str(self.pause_port),
            "PAGES": str(pages), "RUN": str(self.run), "HOLD": hold,
        }

    def __enter__(self):
        adapted = subprocess.run(
            ["caddy", "adapt", "--config", INFRA / "Caddyfile", "--adapter", "caddyfile"],
            env=self.environment, check=True, capture_output=True,
        )
        config = json.loads(adapted.stdout)
        for server in config["apps"]["http"]["servers"].values():
            server["listen"] = [
                listen if listen.startswith("127.") else f"127.0.0.1{listen}"
                for listen in server["listen"]
            ]
        (self.folder / "caddy.json").write_text(json.dumps(config))
        self.log = (self.folder / "caddy.log").open("wb")
        self.process = subprocess.Popen(
            ["caddy", "run", "--config", self.folder / "caddy.json"],
            env=self.environment, stdout=self.log, stderr=self.log,
        )
        until("Caddy listens", self.listens)
        return self

    def listens(self):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
            return True

    def holds(self):
        """Whether a request waits in Caddy rather than being answered."""
        try:
            ask(self.base, "GET", "/robots.txt", timeout=0.5)
            return False
        except TimeoutError:
            return True

    def said(self):
        return (self.folder / "caddy.log").read_text()

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(LIMIT)
        self.log.close()


def built_pages(folder):
    """The static pages, of which Caddy shows one when the desk is down."""
    subprocess.run(
        [BINARY, "build", "--out", folder], cwd=REPOSITORY, check=True, capture_output=True
    )
    return Path(folder) / "site"


def run_script(name, *arguments, **environment):
    """One of the scripts of infra/server."""
    return subprocess.run(
        [INFRA / name, *arguments],
        env={"PATH": os.environ["PATH"], **{key: str(value) for key, value in environment.items()}},
        capture_output=True, text=True, timeout=300,
    )
