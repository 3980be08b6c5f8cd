"""Time and memory over pages, as SVG for docs/benchmarks; the same bytes for the same figures."""

import json
from pathlib import Path
from statistics import median

import matplotlib

matplotlib.use("svg")
import matplotlib.pyplot as plt
from matplotlib.ticker import FuncFormatter, NullFormatter

FOLDER = Path(__file__).resolve().parent.parent.parent / "docs/benchmarks"
# Colors that differ in lightness too, and markers, for those who don't see colors.
KINDS = [("hugo", "Hugo", "#b35806", "s", "-"), ("ours", "ours", "#1b4f8f", "o", "-"),
         ("floor", "floor: the same bytes", "#777777", "^", "--")]


def plot(sizes: dict, what: str, title: str, unit: str, file: str) -> None:
    pages = sorted(map(int, sizes))
    figure, axes = plt.subplots(figsize=(7, 4.2))
    for kind, label, color, marker, line in KINDS:
        runs = [[run[what] for run in sizes[str(size)]["runs"][kind]] for size in pages]
        middle = [median(values) for values in runs]
        axes.plot(pages, middle, line, color=color, marker=marker, label=label)
        axes.fill_between(pages, [min(v) for v in runs], [max(v) for v in runs], color=color, alpha=0.15, linewidth=0)
    axes.set(xscale="log", yscale="log", xlabel="pages", ylabel=unit, title=title)
    axes.set_xticks(pages, [f"{size:,}" for size in pages])
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.grid(True, which="major", color="#dddddd", linewidth=0.6)
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False)
    figure.tight_layout()
    figure.savefig(FOLDER / file, metadata={"Date": None, "Creator": None})
    plt.close(figure)


def main() -> None:
    # Words as words: they can be read, searched and spoken; ids that don't change.
    matplotlib.rcParams |= {"svg.hashsalt": "benchmarks", "svg.fonttype": "none", "font.family": "sans-serif"}
    sizes = json.loads((FOLDER / "builds.json").read_text(encoding="utf-8"))["sizes"]
    plot(sizes, "seconds", "A whole build", "seconds", "time.svg")
    plot(sizes, "megabytes", "Peak memory of a build", "MB", "memory.svg")


if __name__ == "__main__":
    main()
