"""One run of a program, and what it wrote."""

import os
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path


@dataclass
class Run:
    """A whole process."""
    seconds: float
    # Of all its threads, on the processor.
    user: float
    system: float
    # At its peak.
    megabytes: float


@contextmanager
def precedence():
    """Before all else on the machine, if root may say so; what others compute then doesn't count."""
    try:
        os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(2))
    except PermissionError:
        pass
    try:
        yield
    finally:
        os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))


def run(command: list[str], threads: int | None = None) -> Run:
    """Runs it to its end. GNU time starts it: a child of this process would show this one's memory
    as its own peak.

    It must write into a folder that wasn't there: ext4 takes long to hand out what was deleted
    within the last minutes, so that a folder that is emptied before each run makes the fastest
    writer look ten times slower.
    """
    environment = dict(os.environ) | ({"RAYON_NUM_THREADS": str(threads)} if threads else {})
    os.sync()
    with tempfile.NamedTemporaryFile("r") as said:
        timed = ["/usr/bin/time", "--quiet", "--format", "%U %S %M", "--output", said.name, *command]
        with precedence():
            begin = time.perf_counter()
            ended = subprocess.run(timed, env=environment, capture_output=True, text=True)
            seconds = time.perf_counter() - begin
        if ended.returncode != 0:
            sys.exit(f"{' '.join(command)}\nended with {ended.returncode}:\n{ended.stdout}{ended.stderr}")
        user, system, kilobytes = said.read().split()
    return Run(seconds, float(user), float(system), int(kilobytes) / 1000)


def pages(folder: Path) -> set[str]:
    """The addresses of the HTML files."""
    return {"/" + str(file.relative_to(folder)) for file in folder.rglob("*.html")}


def size(folder: Path) -> tuple[int, int]:
    """Files and their bytes."""
    files = [file for file in folder.rglob("*") if file.is_file()]
    return len(files), sum(file.stat().st_size for file in files)


class _Prose(HTMLParser):
    """The words of a page's title, lead and body."""

    def __init__(self) -> None:
        super().__init__()
        self.depth, self.skipped, self.words = 0, False, []

    def handle_starttag(self, tag: str, attrs: list) -> None:
        classes = (dict(attrs).get("class") or "").split()
        if tag == "div" and (self.depth or "prose" in classes):
            self.depth += 1
        # The day, which each writes in its own way.
        self.skipped = self.skipped or (tag == "p" and "cap" in classes)

    def handle_endtag(self, tag: str) -> None:
        if tag == "div" and self.depth:
            self.depth -= 1
        self.skipped = self.skipped and tag != "p"

    def handle_data(self, data: str) -> None:
        if self.depth and not self.skipped:
            self.words += data.split()


def prose(file: Path) -> str:
    parser = _Prose()
    parser.feed(file.read_text(encoding="utf-8"))
    return " ".join(parser.words)
