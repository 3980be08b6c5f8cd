"""Tables of what was measured, and where they stand in docs/benchmarks.md."""

import re
import sys
from statistics import median

import setting

DOC = setting.ROOT / "docs/benchmarks.md"
# What the issue asks for, at 3,000 pages.
FLOOR_AIM, HUGO_AIM, MEMORY_AIM, AIMED_AT = 2, 5, 5, "3000"


def of(size: dict, kind: str, what: str = "seconds") -> float:
    return median(run[what] for run in size["runs"][kind])


def ratio(size: dict, over: str, under: str, what: str = "seconds") -> float:
    """The median of the ratios of runs that followed each other."""
    pairs = zip(size["runs"][over], size["runs"][under])
    return median(a[what] / b[what] for a, b in pairs)


def seconds(value: float) -> str:
    return f"{value:.3f}" if value < 1 else f"{value:.2f}"


def span(size: dict, kind: str) -> str:
    times = [run["seconds"] for run in size["runs"][kind]]
    return f"{seconds(median(times))} ({seconds(min(times))}–{seconds(max(times))})"


def line(pages: int, size: dict) -> str:
    """One size, while it runs."""
    return (f"{pages:>6} pages: ours {seconds(of(size, 'ours'))} s, floor {seconds(of(size, 'floor'))} s, "
            f"Hugo {seconds(of(size, 'hugo'))} s; ours : floor {ratio(size, 'ours', 'floor'):.2f}, "
            f"Hugo : ours {ratio(size, 'hugo', 'ours'):.2f}")


def table(head: list[str], rows: list[list]) -> str:
    lines = ["| " + " | ".join(head) + " |", "|---|" + "---:|" * (len(head) - 1)]
    return "\n".join(lines + ["| " + " | ".join(str(cell) for cell in row) + " |" for row in rows])


def builds(figures: dict) -> str:
    sizes = {int(pages): size for pages, size in figures["sizes"].items()}
    runs = figures["runs"]
    off = "off" if figures["plain"] else "**on in ours** (this binary can't leave it off)"
    parts = [f"{figures['machine']}; load {figures['load'][0]} before, {figures['load'][1]} after. "
             f"{runs} runs of each by turns; compression {off}."]
    if figures["mistakes"]:
        parts.append("**Not consistent:** " + "; ".join(figures["mistakes"]) + ".")
    parts.append(table(
        ["pages", "ours, s", "floor, s", "Hugo, s", "ours : floor", "Hugo : ours"],
        [[f"{pages:,}", span(size, "ours"), span(size, "floor"), span(size, "hugo"),
          f"{ratio(size, 'ours', 'floor'):.2f} ×", f"{ratio(size, 'hugo', 'ours'):.1f} ×"]
         for pages, size in sizes.items()]))
    parts.append(table(
        ["peak memory, MB", "ours", "floor", "Hugo", "Hugo : ours"],
        [[f"{pages:,} pages"] + [f"{of(size, kind, 'megabytes'):.0f}" for kind in ("ours", "floor", "hugo")]
         + [f"{ratio(size, 'hugo', 'ours', 'megabytes'):.1f} ×"] for pages, size in sizes.items()]))
    kinds = ["ours", "ours, 1 thread", "ours, nothing changed", "ours, one file changed", "hugo", "hugo, links given",
             "hugo, nothing changed"]
    parts.append(table(
        ["seconds at … pages"] + [f"{pages:,}" for pages in sizes],
        [[kind.replace("hugo", "Hugo")] + [seconds(of(size, kind)) for size in sizes.values()] for kind in kinds]))
    parts.append(table(
        ["computed (user + system), s"] + [f"{pages:,}" for pages in sizes],
        [[kind.replace("hugo", "Hugo")] + [f"{of(size, kind, 'user'):.2f} + {of(size, kind, 'system'):.2f}" for size in sizes.values()]
         for kind in ("ours", "floor", "hugo")]))
    parts.append(table(
        ["written"] + [f"{pages:,}" for pages in sizes],
        [["HTML pages, ours"] + [f"{size['html']['ours']:,}" for size in sizes.values()],
         ["HTML pages, Hugo"] + [f"{size['html']['hugo']:,}" for size in sizes.values()],
         ["bytes, ours and floor, MB"] + [f"{size['trees']['ours'][1] / 1e6:.1f}" for size in sizes.values()],
         ["bytes, Hugo, MB"] + [f"{size['trees']['hugo'][1] / 1e6:.1f}" for size in sizes.values()]]))
    if AIMED_AT in figures["sizes"]:
        parts.append(aims(figures["sizes"]))
    return "\n\n".join(parts)


def aims(sizes: dict) -> str:
    size = sizes[AIMED_AT]
    to_floor, to_hugo = ratio(size, "ours", "floor"), ratio(size, "hugo", "ours")
    memory = ratio(size, "hugo", "ours", "megabytes")
    rows = [
        ["ours : floor", f"{to_floor:.2f} ×", f"at most {FLOOR_AIM}", met(to_floor <= FLOOR_AIM)],
        ["Hugo : ours", f"{to_hugo:.1f} ×", f"at least {HUGO_AIM}", met(to_hugo >= HUGO_AIM)],
        ["Hugo with links given : ours", f"{ratio(size, 'hugo, links given', 'ours'):.1f} ×", "", ""],
        ["memory, Hugo : ours", f"{memory:.1f} ×", f"at least {MEMORY_AIM}", met(memory >= MEMORY_AIM)],
    ]
    least, most = (str(pages) for pages in (min(map(int, sizes)), max(map(int, sizes))))
    if most != AIMED_AT:
        for what, name in (("seconds", "time"), ("megabytes", "memory")):
            grown = of(sizes[most], "ours", what) / of(size, "ours", what) / (int(most) / int(AIMED_AT))
            rows.append([f"{name} a page at {int(most):,} : at 3,000", f"{grown:.2f} ×", "about 1 (linear)", ""])
    return table(["at 3,000 pages", "measured", "aim", "met"], rows)


def met(yes: bool) -> str:
    return "yes" if yes else "**no**"


def put(name: str, text: str) -> None:
    """Between the page's markers of this name."""
    begin, end = f"<!-- {name}: written by benches/site -->", f"<!-- end of {name} -->"
    page = DOC.read_text(encoding="utf-8")
    if begin not in page or end not in page:
        sys.exit(f"{DOC} has no place for {name}: it needs the lines {begin} and {end}")
    page = re.sub(f"{re.escape(begin)}.*?{re.escape(end)}", lambda _: f"{begin}\n\n{text}\n\n{end}", page, flags=re.S)
    DOC.write_text(page, encoding="utf-8")


def save_line(saves: list[dict]) -> str:
    times = [save["ms"] for save in saves]
    others = [other for save in saves for other in save["others"].values()]
    stale = sum(other["stale"] > 0 for other in others)
    return f"{median(times):.1f} ms ({min(times):.1f}–{max(times):.1f}), {stale} of {len(others)} other answers stale"


def saves(figures: dict) -> str:
    names = {"ours": "ours", "hugo": "Hugo, as it is", "hugo-whole": "Hugo, `--disableFastRender`"}
    rows, memory = [], []
    for pages, found in figures["sizes"].items():
        for kind in next(iter(found.values()))["kinds"]:
            for name in found:
                done = found[name]["kinds"][kind]
                times = [save["ms"] for save in done]
                others = [other for save in done for other in save["others"].values()]
                last = [max((o["ms"] for o in save["others"].values()), default=0) if all(
                    o["ms"] is not None for o in save["others"].values()) else None for save in done]
                all_fresh = "never" if None in last else f"{median(last):.1f}"
                rows.append([f"{int(pages):,}", kind, names[name], f"{median(times):.1f}",
                             f"{min(times):.1f}–{max(times):.1f}", all_fresh,
                             f"{sum(other['stale'] > 0 for other in others)} of {len(others)}"])
        memory.append([f"{int(pages):,} pages"] + [f"{found[name]['megabytes']:.0f}" if name in found else "" for name in names])
    return "\n\n".join([
        f"{figures['machine']}. {figures['saves']} saves of each kind.",
        table(["pages", "saved", "server", "median, ms", "least–most", "all others fresh, ms", "stale first answers"], rows),
        table(["peak memory of the server, MB", *names.values()], memory),
    ])
