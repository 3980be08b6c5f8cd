#!/usr/bin/env python3
"""Holds connections open in four ways, and says who is served meanwhile, when they end, and how long
the server takes to stop while hundreds hang.

    tests/attack/held_open.py                           2,000 of each kind, `ulimit -n 1024`
    tests/attack/held_open.py --connections 200 --files 64
    tests/attack/held_open.py --binary target/debug/book-a-librarian

All come from one address, the visitor too: the worst case for the visitor. Ends with exit code 1 if
the visitor was refused once, or if the server didn't stop within ten seconds.
"""

import argparse
import asyncio
import re
import resource
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.parse
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HEAD = b"GET / HTTP/1.1\r\nHost: localhost\r\n"
FORM = b"POST /desk/en/check HTTP/1.1\r\nHost: localhost\r\nContent-Length: 90000\r\n\r\ntopic="
PAGES = (b"GET /request/ HTTP/1.1\r\nHost: localhost\r\n\r\n") * 400

# What is sent at once, what is sent each second after that, whether anything is read.
KINDS = {
    "idle": (b"", b"", True),
    "slow head": (HEAD, b"X-Slow: a\r\n", True),
    "slow body": (FORM, b"a", True),
    "never reads": (PAGES, b"", False),
}


@dataclass
class Kind:
    refused: int = 0
    ends: list = field(default_factory=list)
    told: int = 0


@dataclass
class Visits:
    pages: list = field(default_factory=list)
    forms: list = field(default_factory=list)
    failed: list = field(default_factory=list)


async def hold(name: str, kind: Kind, port: int, over: asyncio.Event) -> None:
    first, drop, reads = KINDS[name]
    try:
        # A reader that takes as little as the system lets it.
        reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2_048)
    except OSError:
        kind.refused += 1
        return
    began = time.monotonic()
    try:
        writer.write(first)
        if not reads:
            reader._transport.pause_reading()
        while not over.is_set():
            if drop:
                writer.write(drop)
            if reads:
                try:
                    said = await asyncio.wait_for(reader.read(2_048), 1)
                except asyncio.TimeoutError:
                    continue
                kind.told += said.startswith(b"HTTP/1.1 408")
                if not said:
                    kind.ends.append(time.monotonic() - began)
                    return
            else:
                await asyncio.sleep(1)
                # Closed by the other end: a byte more is answered with a reset.
                writer.write(b"\r\n")
                if writer.is_closing():
                    kind.ends.append(time.monotonic() - began)
                    return
    except OSError:
        kind.ends.append(time.monotonic() - began)
    finally:
        writer.close()


async def exchange(port: int, request: bytes) -> tuple[int, dict, bytes]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(request)
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        status = int(head.split(" ")[1])
        headers = dict(line.lower().split(": ", 1) for line in head.split("\r\n")[1:] if ": " in line)
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        return status, headers, body
    finally:
        writer.close()


def get(path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode()


def post(path: str, fields: list) -> bytes:
    body = urllib.parse.urlencode(fields)
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: {len(body)}\r\n\r\n"
    return (head + body).encode()


async def page(port: int) -> None:
    status, _, _ = await exchange(port, get("/topics/genealogy/"))
    if status != 200:
        raise OSError(f"a page was answered with {status}")


async def form(port: int) -> None:
    # Each of another patron: nobody asks so often.
    asked = [("topic", "catalog"), ("email", f"patron{time.monotonic_ns()}@example.com")]
    _, _, checked = await exchange(port, post("/desk/en/check", asked))
    hidden = re.findall(rb'<input type="hidden" name="([^"]*)" value="([^"]*)"', checked)
    status, headers, _ = await exchange(port, post("/desk/en/send", [(n.decode(), v.decode()) for n, v in hidden]))
    if status != 303:
        raise OSError(f"a form was answered with {status}")


async def visit(visits: Visits, port: int, over: asyncio.Event) -> None:
    number = 0
    while not over.is_set():
        number += 1
        what, times = (form, visits.forms) if number % 10 == 0 else (page, visits.pages)
        began = time.monotonic()
        try:
            await asyncio.wait_for(what(port), 10)
            times.append(time.monotonic() - began)
        except (OSError, asyncio.TimeoutError, asyncio.IncompleteReadError) as error:
            visits.failed.append(repr(error))
        await asyncio.sleep(0.05)


async def attack(port: int, connections: int, seconds: float) -> tuple[dict, Visits]:
    over, visits = asyncio.Event(), Visits()
    kinds = {name: Kind() for name in KINDS}
    visitor = asyncio.create_task(visit(visits, port, over))
    holding = []
    for number in range(connections):
        holding += [asyncio.create_task(hold(name, kinds[name], port, over)) for name in KINDS]
        if number % 50 == 49:
            await asyncio.sleep(0.01)
    await asyncio.wait(holding, timeout=seconds)
    over.set()
    await asyncio.gather(*holding, visitor)
    return kinds, visits


async def stop(port: int, server: subprocess.Popen) -> float:
    """Stops the server while hundreds hang; how long that took."""
    over = asyncio.Event()
    holding = [asyncio.create_task(hold(name, Kind(), port, over)) for name in KINDS for _ in range(100)]
    await asyncio.sleep(2)
    server.send_signal(signal.SIGTERM)
    began = time.monotonic()
    while server.poll() is None and time.monotonic() - began < 60:
        await asyncio.sleep(0.01)
    took = time.monotonic() - began
    over.set()
    await asyncio.gather(*holding)
    return took


def times(values: list) -> str:
    if not values:
        return "–"
    ordered = sorted(values)
    p99 = ordered[min(len(ordered) - 1, len(ordered) * 99 // 100)]
    return f"p50 {statistics.median(ordered) * 1_000:.0f} ms, p99 {p99 * 1_000:.0f} ms, worst {ordered[-1] * 1_000:.0f} ms"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", type=Path, default=ROOT / "target/release/book-a-librarian")
    parser.add_argument("--connections", type=int, default=2_000, help="of each kind")
    parser.add_argument("--files", type=int, default=1_024, help="the server's `ulimit -n`")
    parser.add_argument("--seconds", type=float, default=75, help="to wait at most for them to end")
    arguments = parser.parse_args()
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    if most != resource.RLIM_INFINITY and most < 4 * arguments.connections + 100:
        sys.exit(f"this shell may open {most} files: raise `ulimit -n`, or give fewer --connections")
    with tempfile.TemporaryDirectory() as data:
        limit = lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (arguments.files, arguments.files))
        server = subprocess.Popen(
            [arguments.binary, "serve", "--listen", "127.0.0.1:0", "--data", data],
            cwd=ROOT, stdout=subprocess.PIPE, text=True, preexec_fn=limit)
        port = int(server.stdout.readline().strip().rstrip("/").rsplit(":", 1)[1])
        try:
            kinds, visits = asyncio.run(attack(port, arguments.connections, arguments.seconds))
            took = asyncio.run(stop(port, server))
        finally:
            server.kill()
    print(f"\n{arguments.connections} connections of each kind; the server may open {arguments.files} files\n")
    print("| kind | refused | ended by the server | first | median | last | told 408 |\n|---|---|---|---|---|---|---|")
    for name, kind in kinds.items():
        ends = sorted(kind.ends)
        spans = [f"{end:.1f} s" for end in (ends[0], statistics.median(ends), ends[-1])] if ends else ["–"] * 3
        print(f"| {name} | {kind.refused} | {len(ends)} | {' | '.join(spans)} | {kind.told} |")
    print(f"\nA visitor meanwhile: {len(visits.pages)} pages ({times(visits.pages)}), {len(visits.forms)} requests sent "
          f"({times(visits.forms)}), {len(visits.failed)} refused")
    for failure in visits.failed[:5]:
        print(f"  {failure}")
    print(f"SIGTERM while 400 hang: {took:.1f} s, exit code {server.returncode}")
    sys.exit(0 if not visits.failed and took < 10 and server.returncode == 0 else 1)


if __name__ == "__main__":
    main()
