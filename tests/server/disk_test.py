"""A disk that is really full: a small file system of the server's own, in a mount namespace of its
own. What is there is served all the same."""

import os
import re
import shutil
import sqlite3
import tempfile
import unittest
from pathlib import Path

import support
from support import Server, ask, check, post, reference, request_session, until

EARLIER = support.REPOSITORY / "handler/tests/stored/format-1"
RECEIPTS = support.REPOSITORY / "handler/tests/support/stored.rs"

# Not root: root in a namespace of its own may mount.
NAMESPACE = ["unshare", "--mount", *([] if os.getuid() == 0 else ["--user", "--map-root-user"])]

# Mounts 4 MB over the data folder, lays the files there, fills what is left, to the last byte.
FULL = """set -e
mount -t tmpfs -o size=4m,mode=0700 none "$1"
cp -a "$2/." "$1/"
cat /dev/zero > "$1/rest" 2> /dev/null || true
shift 2
exec "$@"
"""


class FullDisk(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.before, self.data = Path(folder.name) / "before", Path(folder.name) / "data"
        self.data.mkdir()

    def on_a_full_disk(self):
        script = ["sh", "-c", FULL, "sh", str(self.data), str(self.before), str(support.BINARY)]
        return Server(self.data, command=[*NAMESPACE, *script])

    def make_room(self, server):
        """From outside, through the server's own view of the files."""
        os.remove(f"/proc/{server.process.pid}/root{self.data}/rest")

    def is_served(self, server, receipts, fields):
        self.assertEqual(ask(server.base, "GET", "/").status, 200)
        for path in receipts:
            receipt = ask(server.base, "GET", path)
            self.assertEqual(receipt.status, 200, path)
            self.assertIn(reference(path), receipt.text)
        sent = post(server.base, "/desk/en/send", fields)
        self.assertEqual(sent.status, 507)
        self.assertIn("I am patron checked-before.", sent.text, "the answers are there")
        self.assertEqual(ask(server.base, "GET", "/desk/healthz").status, 507)

    def test_pages_and_receipts_are_served_and_a_form_keeps_its_answers(self):
        with Server(self.before) as server:
            receipts = [request_session(server.base, f"full-{number}") for number in range(3)]
            fields = check(server.base, "checked-before")
        with self.on_a_full_disk() as server:
            self.is_served(server, receipts, fields)
            self.assertIn("the disk may be full", server.said())
            self.make_room(server)
            sent = post(server.base, "/desk/en/send", fields)
            self.assertEqual(sent.status, 303, "with room it is stored, without a new start")
            self.assertEqual(ask(server.base, "GET", sent.headers["location"]).status, 200)

    def test_a_folder_of_an_earlier_release_is_served_from_a_full_disk(self):
        self.before.mkdir()
        for name in ("desk", "keys"):
            file = self.before / f"{name}.sqlite"
            rows = (EARLIER / f"{name}.sql").read_text()
            database = sqlite3.connect(file)
            database.executescript("PRAGMA journal_mode = WAL;" + rows)
            database.close()
            file.chmod(0o600)
        shutil.copy(EARLIER / "secrets.json", self.before)
        (self.before / "secrets.json").chmod(0o600)
        receipts = re.findall(r'"(/desk/en/request/[^"]+)"', RECEIPTS.read_text())
        self.assertEqual(len(receipts), 2)
        with self.on_a_full_disk() as server:
            self.is_served(server, receipts, check(server.base, "checked-before"))
            self.assertIn("was written by an older version", server.said())
            self.assertIn("make room and start again", server.said())
        with Server(self.before) as server:
            until("it is brought up to date", lambda: ask(server.base, "GET", "/desk/healthz").status == 200)
            self.assertEqual(ask(server.base, "GET", receipts[0]).status, 200)

    def test_what_a_killed_server_left_in_its_logs_is_served_from_a_full_disk(self):
        with Server(self.before) as server:
            receipts = [request_session(server.base, f"killed-{number}") for number in range(3)]
            fields = check(server.base, "checked-before")
            # The files as a kill leaves them: what was acknowledged stands in the logs.
            killed = self.before.with_name("killed")
            server.process.kill()
            server.process.wait()
            shutil.copytree(self.before, killed)
        self.before = killed
        self.assertGreater((killed / "desk.sqlite-wal").stat().st_size, 0)
        with self.on_a_full_disk() as server:
            self.is_served(server, receipts, fields)

    def test_a_disk_that_fills_up_while_it_serves_is_told_and_nothing_is_lost(self):
        self.before.mkdir()
        roomy = FULL.replace("cat /dev/zero", ": cat /dev/zero")
        script = ["sh", "-c", roomy, "sh", str(self.data), str(self.before), str(support.BINARY)]
        with Server(self.data, command=[*NAMESPACE, *script]) as server:
            receipts = [request_session(server.base, "before-it-was-full")]
            fields = check(server.base, "checked-before")
            self.assertEqual(ask(server.base, "GET", "/desk/healthz").status, 200)
            rest = Path(f"/proc/{server.process.pid}/root{self.data}/rest")
            with rest.open("wb", buffering=0) as file:
                try:
                    while file.write(bytes(4096)):
                        pass
                except OSError:
                    pass

            def full():
                return post(server.base, "/desk/en/send", fields).status == 507

            until("sends are refused", full)
            until("healthz tells", lambda: ask(server.base, "GET", "/desk/healthz").status == 507)
            self.is_served(server, receipts, fields)
            self.make_room(server)
            self.assertEqual(post(server.base, "/desk/en/send", fields).status, 303)
            until("it is well again", lambda: ask(server.base, "GET", "/desk/healthz").status == 200)
