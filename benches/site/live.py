"""A development server, asked for pages over one kept connection."""

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import setting

PATIENCE = 60.0


def take_precedence() -> None:
    """Goes on in a session of its own, whose group the kernel runs before others; only root may."""
    if os.getuid() != 0:
        return
    child = os.fork()
    if child:
        # Who stops this process means that one, which has servers to stop and folders to remove.
        signal.signal(signal.SIGTERM, lambda *_: os.kill(child, signal.SIGTERM))
        sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
    os.setsid()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))
    try:
        Path("/proc/self/autogroup").write_text("-20")
    except OSError:
        pass


class Server:
    """A server that runs until the block is left."""

    def __init__(self, name: str, command: list, ready: str, address: str | None = None) -> None:
        self.name, self.command, self.ready, self.address = name, [str(part) for part in command], ready, address

    def __enter__(self) -> "Server":
        environment = dict(os.environ) | {"BOOK_A_LIBRARIAN_LOG": "error"}
        self.process = subprocess.Popen(
            self.command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment)
        for line in self.process.stdout:
            found = re.search(self.ready, line)
            if found:
                host, port = self.address or found[1], None
                self.host, port = host.rsplit(":", 1)
                self.port = int(port)
                break
        else:
            sys.exit(f"{self.name} didn't start: {' '.join(self.command)}")
        # Nobody may wait for us to read.
        self.drain = subprocess.Popen(["cat"], stdin=self.process.stdout, stdout=subprocess.DEVNULL)
        self.connect()
        return self

    def __exit__(self, *_) -> None:
        self.connection.close()
        self.process.terminate()
        self.process.wait()
        self.drain.wait()

    def connect(self) -> None:
        self.connection = http.client.HTTPConnection(self.host, self.port, timeout=PATIENCE)

    def get(self, page: str) -> tuple[bytes, float]:
        """The answer's bytes, and when its first ones came."""
        for attempt in (1, 2):
            try:
                self.connection.request("GET", page)
                answer = self.connection.getresponse()
                first = time.perf_counter()
                return answer.read(), first
            except (http.client.HTTPException, ConnectionError):
                if attempt == 2:
                    raise
                self.connection.close()
                self.connect()
        raise AssertionError("one of the two attempts returns or raises")

    def until(self, page: str, text: bytes, patience: float) -> tuple[float | None, int]:
        """When the first byte came of an answer with this text, and how many came without it."""
        begin, without = time.perf_counter(), 0
        while True:
            body, first = self.get(page)
            if text in body:
                return first, without
            without += 1
            if time.perf_counter() - begin > patience:
                return None, without

    def megabytes(self) -> float:
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmHWM:\s+(\d+)", status)[1]) / 1000


def ours(programs: setting.Programs, content: Path, data: Path) -> Server:
    command = [programs.ours, "serve", "--listen", "127.0.0.1:0", "--data", data, "--content", content,
               "--templates", setting.ROOT / "templates"]
    return Server("ours", command, r"Serving http://(\S+?)/")


def hugo(programs: setting.Programs, site: Path, cache: Path, fast: bool) -> Server:
    """`fast` is its default: it renders anew what changed and what was looked at lately."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [programs.hugo, "server", "--source", site, "--bind", "127.0.0.1", "--port", port, "--cacheDir", cache,
               "--renderToMemory"] + ([] if fast else ["--disableFastRender"])
    return Server("Hugo" if fast else "Hugo, whole", command, r"Press Ctrl\+C", f"127.0.0.1:{port}")
