"""Upgrades while patrons send requests through the real Caddy. What systemd does for the script is
done by the test: SIGTERM and wait, start in `current`, run the back-up."""

import contextlib
import email
import email.policy
import os
import re
import shutil
import socketserver
import sqlite3
import tempfile
import threading
import unittest
from pathlib import Path

import support
from support import REPOSITORY, Caddy, Patrons, Server, ask, built_pages, free_port, reference, run_script, until

SERVICE, BACKUP = "book-a-librarian.service", "book-a-librarian-backup.service"


class Systemd(socketserver.ThreadingUnixStreamServer):
    """`start` and `stop` of the two units."""

    def __init__(self, root, data, backups, port):
        self.root, self.data, self.backups, self.port = root, data, backups, port
        self.server, self.asked = None, []
        super().__init__(str(root / "systemd"), Asked)

    def do(self, order, unit):
        self.asked.append(f"{order} {unit}")
        if (order, unit) == ("start", BACKUP):
            return run_script("backup", BOOK_A_LIBRARIAN_DATA=self.data,
                              BOOK_A_LIBRARIAN_BACKUPS=self.backups).returncode
        if order == "stop" and self.server:
            self.server.stop()
            self.server = None
        if order == "start" and not self.server:
            current = (self.root / "current").resolve()
            # Type=exec: started is what runs, well or not.
            self.server = Server(self.data, self.port, current, [current / "book-a-librarian"])
        return 0

    def handle_error(self, *_):
        raise


class Asked(socketserver.StreamRequestHandler):
    def handle(self):
        order, unit = self.rfile.readline().decode().split()
        self.wfile.write(str(self.server.do(order, unit)).encode())


class Upgrade(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        self.data, self.backups, self.port = self.root / "data", self.root / "backups", free_port()
        self.backups.mkdir()
        self.old, self.new = self.release("old"), self.release("new")
        (self.root / "current").symlink_to("releases/old")
        self.systemd = self.enterContext(Systemd(self.root, self.data, self.backups, self.port))
        thread = threading.Thread(target=self.systemd.serve_forever)
        thread.start()
        self.addCleanup(thread.join)
        self.addCleanup(self.systemd.shutdown)
        self.addCleanup(lambda: self.systemd.do("stop", SERVICE))
        self.systemd.do("start", SERVICE)
        self.systemd.server.started()
        self.caddy = self.enterContext(Caddy(self.root, self.port, built_pages(self.root / "dist")))
        until("requests pass", lambda: ask(self.caddy.base, "GET", "/robots.txt").status == 200)

    def release(self, name):
        folder = self.root / "releases" / name
        folder.mkdir(parents=True)
        for part in ("content", "templates"):
            (folder / part).symlink_to(REPOSITORY / part)
        (folder / "book-a-librarian").symlink_to(support.BINARY)
        return folder

    def behaves(self, release, *lines):
        """Puts a script in place of a release's binary."""
        binary = release / "book-a-librarian"
        binary.unlink()
        binary.write_text("\n".join(["#!/bin/sh", *lines, f'exec {support.BINARY} "$@"', ""]))
        binary.chmod(0o755)

    def upgrade(self, release, patience=15):
        return run_script(
            "upgrade", release,
            BOOK_A_LIBRARIAN_ROOT=self.root, BOOK_A_LIBRARIAN_DATA=self.data,
            BOOK_A_LIBRARIAN_BACKUPS=self.backups, BOOK_A_LIBRARIAN_RUN=self.caddy.run,
            BOOK_A_LIBRARIAN_DESK=f"http://127.0.0.1:{self.port}",
            BOOK_A_LIBRARIAN_PATIENCE=patience,
            SYSTEMCTL=Path(__file__).parent / "systemctl", TEST_SYSTEMD=self.root / "systemd",
        )

    def serving(self):
        return Path(os.readlink(f"/proc/{self.systemd.server.process.pid}/cwd")).name

    def assert_nothing_left(self):
        self.assertEqual(list(self.caddy.run.iterdir()), [], "the pause is over")
        self.assertEqual(list(Path("/dev/shm").glob("book-a-librarian.*")), [], "no trial is left")

    def assert_all_there(self, patrons):
        """Every acknowledged request has its receipt and its mails."""
        self.assertEqual(patrons.failed, [])
        self.assertEqual(len(set(patrons.acknowledged)), len(patrons.acknowledged))
        for path in patrons.acknowledged:
            self.assertEqual(ask(self.caddy.base, "GET", path).status, 200, path)
        wanted = {reference(path) for path in patrons.acknowledged}
        subjects = {}

        def mailed():
            for mail in (self.data / "outbox").glob("*.eml"):
                if mail.name not in subjects:
                    read = email.message_from_bytes(mail.read_bytes(), policy=email.policy.default)
                    subjects[mail.name] = read["subject"]
            said = " ".join(subjects.values())
            return all(said.count(number) >= 2 for number in wanted)

        until("both mails of each request", mailed)

    def test_no_request_fails_or_is_lost_while_releases_change(self):
        with Patrons(self.caddy.base) as patrons:
            for release in (self.new, self.old, self.new):
                patrons.wait_for(20)
                done = self.upgrade(release)
                self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
                self.assertEqual(self.serving(), release.name)
            patrons.wait_for(20)
        self.assertEqual((self.root / "current").readlink(), Path("releases/new"))
        self.assert_all_there(patrons)
        self.assert_nothing_left()
        print(f"    {len(patrons.acknowledged)} requests sent through Caddy during 3 upgrades: "
              f"{len(patrons.failed)} failed, 0 lost", flush=True)

    def test_a_release_that_falls_in_use_is_taken_back_and_no_request_fails(self):
        self.behaves(self.new, f'case "$BOOK_A_LIBRARIAN_LISTEN" in *:{self.port}) exit 2;; esac')
        with Patrons(self.caddy.base) as patrons:
            patrons.wait_for(20)
            done = self.upgrade(self.new, patience=3)
            self.assertEqual(done.returncode, 1)
            self.assertIn("old serves again", done.stderr)
            patrons.wait_for(20)
        self.assertEqual(self.serving(), "old")
        self.assertEqual((self.root / "current").readlink(), Path("releases/old"))
        self.assert_all_there(patrons)
        self.assert_nothing_left()
        print(f"    {len(patrons.acknowledged)} requests sent through Caddy during a roll-back: "
              f"{len(patrons.failed)} failed, 0 lost", flush=True)

    def test_one_damaged_request_keeps_no_release_from_being_used(self):
        with Patrons(self.caddy.base) as patrons:
            patrons.wait_for(3)
        number = re.search(r"/request/([0-9]{9})", patrons.acknowledged[0])[1]
        with contextlib.closing(sqlite3.connect(self.data / "keys.sqlite")) as keys, keys:
            keys.execute("UPDATE case_keys SET key = randomblob(32) WHERE id = ?", (number,))
        done = self.upgrade(self.new)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertEqual(self.serving(), "new")
        told = re.sub(r"[ -]", "", done.stderr)
        self.assertIn(number, told, "whoever upgrades is told which")
        for path in patrons.acknowledged[1:]:
            self.assertEqual(ask(self.caddy.base, "GET", path).status, 200)

    def assert_refused(self, why, release):
        asked = len(self.systemd.asked)
        done = self.upgrade(release, patience=3)
        self.assertEqual(done.returncode, 1, done.stdout)
        self.assertIn(why, done.stderr)
        self.assertNotIn(f"stop {SERVICE}", self.systemd.asked[asked:])
        self.assertEqual(self.serving(), "old")
        self.assert_nothing_left()

    def test_what_can_be_known_before_is_found_before_anything_stops(self):
        self.behaves(self.new, 'case "$*" in *serve*) echo "has schema 9" >&2; exit 2;; esac')
        self.assert_refused("doesn't start on a copy", self.new)

        broken = self.release("broken")
        (broken / "content").unlink()
        shutil.copytree(REPOSITORY / "content", broken / "content")
        (broken / "content" / "site.yaml").write_text("name: [")
        self.assert_refused("the content has errors", broken)

        self.assert_refused("is the current release", self.old)
        self.assert_refused("is not a folder in", self.root / "dist")

        self.systemd.data = self.root / "nowhere"
        self.assert_refused("no back-up could be made", self.release("fine"))
        self.systemd.data = self.data
