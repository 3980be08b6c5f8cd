"""The programs, the folders, and one run of the desk."""

import json
import os
import platform
import shutil
import signal
import sqlite3
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
DATABASES = ["desk.sqlite", "keys.sqlite"]


class Programs(NamedTuple):
    ours: Path
    client: Path


def programs(binary: Path | None) -> Programs:
    client = HERE / "client"
    subprocess.run(["cargo", "build", "--quiet", "--locked", "--release", "--manifest-path", client / "Cargo.toml"], check=True)
    if binary is None:
        subprocess.run(["cargo", "build", "--quiet", "--release", "--manifest-path", ROOT / "Cargo.toml"], check=True)
        binary = ROOT / "target/release/book-a-librarian"
    return Programs(binary.resolve(), client / "target/release/desk-client")


def machine() -> str:
    cpu = [line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")]
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{os.cpu_count()} cores ({cpu[0] if cpu else platform.machine()}), {memory:.0f} GB"


@contextmanager
def serving(ours: Path, data: Path, mail: str):
    """The desk on this folder: its process and its address."""
    command = [ours, "serve", "--listen", "127.0.0.1:0", "--data", data, "--mail", mail]
    environment = {**os.environ, "BOOK_A_LIBRARIAN_LOG": "off"}
    said = tempfile.TemporaryFile("w+")
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=said, text=True)
    try:
        line = process.stdout.readline()
        if not line.startswith("Serving http://"):
            said.seek(0)
            raise RuntimeError(f"the desk doesn't serve: {line}{said.read()}")
        yield process, line.split("//")[1].strip().rstrip("/")
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(60)
        except subprocess.TimeoutExpired:
            process.kill()


def client(programs: Programs, *arguments) -> str:
    command = [programs.client, *map(str, arguments)]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def send(programs: Programs, host: str, clients: int, count: int, first: int) -> dict:
    """Checks the forms of so many patrons, then sends them all."""
    with tempfile.NamedTemporaryFile() as forms:
        client(programs, "check", host, forms.name, count, first)
        return json.loads(client(programs, "send", host, forms.name, clients))


def saved(programs: Programs, work: Path, kept: int) -> Path:
    """A folder that keeps so many requests, written through the program. Their mail, which nobody took, is then
    deleted as if it had been sent: all else is as the program left it."""
    folder = work / f"kept-{kept}"
    if folder.exists():
        return folder
    made = work / f"kept-{kept}.part"
    shutil.rmtree(made, ignore_errors=True)
    made.mkdir(mode=0o700)
    with serving(programs.ours, made, "smtp://127.0.0.1:1") as (_, host):
        for first in range(0, kept, 10_000):
            count = min(10_000, kept - first)
            seen = send(programs, host, 64, count, first)
            if seen["stored"] != count:
                raise RuntimeError(f"not all were stored: {seen}")
            print(f"{first + count:,} of {kept:,} kept, {seen['per_second']:.0f} a second", flush=True)
    desk = sqlite3.connect(made / "desk.sqlite")
    desk.execute("DELETE FROM notices")
    desk.commit()
    desk.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    desk.close()
    made.rename(folder)
    return folder


def copy(saved: Path, to: Path, schema: Path | None = None) -> None:
    """A fresh copy. Where nothing is kept yet, the schema of another folder makes the databases."""
    shutil.rmtree(to, ignore_errors=True)
    shutil.copytree(saved, to)
    os.sync()
    for name in DATABASES:
        if schema is not None and not (to / name).exists():
            with sqlite3.connect(to / name) as made, sqlite3.connect(schema / name) as like:
                made.executescript(";\n".join(sql for (sql,) in like.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL")))


def run(programs: Programs, folder: Path, mail: str, clients: int, count: int) -> dict:
    with serving(programs.ours, folder, mail) as (process, host):
        # None of these patrons wrote before.
        with tempfile.NamedTemporaryFile() as forms:
            client(programs, "check", host, forms.name, count, 1_000_000)
            before = computed(process.pid)
            seen = json.loads(client(programs, "send", host, forms.name, clients))
        seen["computed_ms"] = (computed(process.pid) - before) / count * 1000
        seen["memory_mb"] = peak(process.pid) / 2**20
        outbox = folder / "outbox"
        seen["mails"] = len(list(outbox.glob("*.eml"))) if outbox.exists() else 0
    return seen


def computed(pid: int) -> float:
    """Seconds of a core that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def peak(pid: int) -> int:
    line = next(line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) * 1024


def rows(programs: Programs, written: Path, into: Path, count: int, group: int) -> dict:
    return json.loads(client(programs, "rows", written, into, count, group))
