"""The systemd units: without mistakes, exposed as little as can be, and not too tight for `serve`."""

import os
import re
import shutil
import socketserver
import subprocess
import tempfile
import threading
import unittest
from pathlib import Path

import support
from support import INFRA, REPOSITORY, Server, ask, free_port, request_session, until

# The most exposure allowed, of 10. (What is left: the service needs a network.)
EXPOSURE = {"book-a-librarian.service": 1.0, "book-a-librarian-backup.service": 0.5}


def systemd_analyze(*arguments):
    return subprocess.run(["systemd-analyze", *arguments], capture_output=True, text=True)


class Units(unittest.TestCase):
    def test_systemd_finds_no_mistake_in_them(self):
        with tempfile.TemporaryDirectory() as folder:
            # The programs' places are those of an installed server.
            places = {"/opt/book-a-librarian/current/book-a-librarian": str(support.BINARY),
                      "/opt/book-a-librarian/current/infra": str(REPOSITORY / "infra")}
            for unit in INFRA.glob("book-a-librarian*"):
                text = unit.read_text()
                for installed, here in places.items():
                    text = text.replace(installed, here)
                (Path(folder) / unit.name).write_text(text)
            drop_in = Path(folder) / "book-a-librarian.service.d"
            drop_in.mkdir()
            shutil.copy(INFRA / "mail.conf", drop_in)
            found = systemd_analyze("verify", *sorted(Path(folder).glob("*.service")), *Path(folder).glob("*.timer"))
        self.assertEqual((found.returncode, found.stdout, found.stderr), (0, "", ""))

    def test_they_are_exposed_as_little_as_can_be(self):
        for unit, most in EXPOSURE.items():
            found = systemd_analyze("security", "--offline=yes", "--no-pager",
                                    f"--threshold={round(most * 10)}", str(INFRA / unit))
            score = re.search(r"Overall exposure level for \S+: (\S+)", found.stdout)[1]
            self.assertEqual(found.returncode, 0, f"{unit}: {score}")
            print(f"    {unit}: exposure {score}", flush=True)

    def test_the_environment_file_is_not_the_units_business(self):
        # A password in a unit is readable by everybody.
        for unit in INFRA.glob("*.service"):
            self.assertNotIn("BOOK_A_LIBRARIAN_MAIL=", unit.read_text())


def members(group, seen):
    """The system calls of a group, groups in it included."""
    if group not in seen:
        seen.add(group)
        lines = systemd_analyze("syscall-filter", group).stdout.splitlines()[1:]
        for name in (line.strip() for line in lines):
            if name.startswith("@"):
                yield from members(name, seen)
            elif name and not name.startswith("#"):
                yield name


def allowed(unit):
    calls = set()
    for line in re.findall(r"^SystemCallFilter=(.+)$", (INFRA / unit).read_text(), re.MULTILINE):
        groups = {name for group in line.lstrip("~").split() for name in members(group, set())}
        calls = calls - groups if line.startswith("~") else calls | groups
    return calls


class Sink(socketserver.StreamRequestHandler):
    """Takes mail, and remembers how much."""

    def handle(self):
        self.wfile.write(b"220 sink\r\n")
        body = False
        for line in self.rfile:
            if body:
                if line == b".\r\n":
                    body = False
                    self.server.mails += 1
                    self.wfile.write(b"250 taken\r\n")
            elif line.upper().startswith(b"DATA"):
                body = True
                self.wfile.write(b"354 go on\r\n")
            elif line.upper().startswith(b"QUIT"):
                self.wfile.write(b"221 bye\r\n")
                return
            else:
                self.wfile.write(b"250 fine\r\n")


class SystemCalls(unittest.TestCase):
    @unittest.skipUnless(shutil.which("strace"), "strace is not installed")
    def test_serve_makes_no_call_that_the_unit_forbids(self):
        with (tempfile.TemporaryDirectory() as folder,
              socketserver.ThreadingTCPServer(("127.0.0.1", 0), Sink) as sink):
            sink.daemon_threads, sink.mails = True, 0
            thread = threading.Thread(target=sink.serve_forever)
            thread.start()
            trace, port = Path(folder) / "trace", free_port()
            command = ["strace", "-D", "-f", "-qq", "-o", str(trace), str(support.BINARY)]
            flags = ["--base-url", "https://help.library.example",
                     "--mail", f"smtp://127.0.0.1:{sink.server_address[1]}"]
            try:
                with Server(Path(folder) / "data", port, command=command, flags=flags):
                    base = f"http://127.0.0.1:{port}"
                    for patron in range(3):
                        path = request_session(base, f"traced-{patron}")
                        self.assertEqual(ask(base, "GET", path).status, 200)
                    ask(base, "GET", "/", headers={"accept-encoding": "br"})
                    until("the mails are sent", lambda: sink.mails >= 6)
                until("the trace is written", lambda: "exit_group" in trace.read_text())
            finally:
                sink.shutdown()
                thread.join()
            lines = trace.read_text().splitlines()
        calls = {found[1] for line in lines if (found := re.match(r"\d+ +([a-z0-9_]+)\(", line))}
        self.assertIn("pwrite64", calls)
        forbidden = calls - allowed("book-a-librarian.service")
        if os.geteuid() == 0:
            # SQLite gives its files to the folder's owner, but only where root runs it.
            forbidden.discard("fchown")
        self.assertEqual(forbidden, set())
        for line in lines:
            # MemoryDenyWriteExecute.
            self.assertFalse("PROT_WRITE|PROT_EXEC" in line, line)
            self.assertFalse("mprotect" in line and "PROT_EXEC" in line, line)
        print(f"    {len(calls)} different system calls, none forbidden", flush=True)
