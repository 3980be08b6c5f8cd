"""The figures as lines and as a table."""

import json
from pathlib import Path

DOCS = Path(__file__).resolve().parents[2] / "docs"
BEGIN, END = "<!-- figures: written by benches/desk/bench -->", "<!-- end of figures -->"


def line(run: dict) -> str:
    return (
        f"{run['kept']:>7,} kept, mail {run['mail']}, {run['clients']} clients: {run['per_second']:.0f} a second, "
        f"p50 {run['p50_ms']:.1f} ms, p99 {run['p99_ms']:.1f} ms, {run['memory_mb']:.0f} MB, {run['mails']} mails"
    )


def rows_line(rows: dict) -> str:
    return f"{rows['kept']:>7,} kept, SQLite alone, {rows['group']} a commit: {rows['per_second']:.0f} requests a second, {rows['rows_per_second']:.0f} rows"


def table(figures: dict) -> str:
    before, after = figures["load"]
    lines = [
        f"{figures['machine']}; load {before:.1f} before, {after:.1f} after; {figures['sends']:,} requests sent in each run.",
        "",
        "| kept before | mail | clients | stored a second | of SQLite alone, grouped | p50, ms | p99, ms | slowest, ms | computing a request, ms | peak memory, MB | mails meanwhile |",
        "|---:|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    grouped = {row["kept"]: row["per_second"] for row in figures["rows"] if row["group"] > 1}
    for run in figures["runs"]:
        share = f"{run['per_second'] / grouped[run['kept']]:.0%}" if run["kept"] in grouped else ""
        lines.append(
            f"| {run['kept']:,} | {run['mail']} | {run['clients']} | {run['per_second']:,.0f} | {share} | {run['p50_ms']:.1f} | {run['p99_ms']:.1f} "
            f"| {run['most_ms']:.0f} | {run['computed_ms']:.2f} | {run['memory_mb']:.0f} | {run['mails']:,} |"
        )
    lines += ["", "| SQLite alone: kept before | requests a group | requests a second | rows a second |", "|---:|---:|---:|---:|"]
    lines += [f"| {row['kept']:,} | {row['group']} | {row['per_second']:,.0f} | {row['rows_per_second']:,.0f} |" for row in figures["rows"]]
    return "\n".join(lines)


def write(figures: dict) -> None:
    (DOCS / "benchmarks-desk.json").write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    page = DOCS / "benchmarks-desk.md"
    text = page.read_text(encoding="utf-8")
    head, rest = text.split(BEGIN)
    page.write_text(f"{head}{BEGIN}\n\n{table(figures)}\n\n{END}{rest.split(END)[1]}", encoding="utf-8")
