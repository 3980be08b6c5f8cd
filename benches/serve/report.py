"""The figures as tables."""

TITLE = "# `serve` beside other web servers\n\n"

ABOUT = """How many pages a second `book-a-librarian serve` answers, beside Caddy and nginx on the folder that `build` wrote from
the same content, and how long a page of the desk takes while others read. `benches/serve/bench` measures all of it in
one run and writes this page; the raw figures are in `benchmarks-serve.json`.

```
benches/serve/bench                        builds what it needs, measures, writes (about ten minutes)
benches/serve/bench --smoke                one second each, nothing written
```

- All send the same pages (compared before) with the same headers over kept connections; wrk runs on the same cores, so
  that what it uses is lacking to each alike. Servers take turns, each figure is the median of the rounds.
- Caddy and nginx send the files `.br` and `.gz` that `build` wrote, as they would in service; "packing live" is what
  they do without those. Debian's nginx has no brotli. Ours packs a page once and keeps it.
- 304: the browser asks with the tag that it was given.
- A page of the desk: one visitor, one request after the other, alone and while the readers read as fast as they can.

"""


def markdown(figures: dict) -> str:
    lines = [f"{figures['readers']} readers, {figures['pages']} pages; requests a second (p50 / p99 in ms)\n",
             "| | identity | gzip | br | 304 |", "|---|---|---|---|---|"]
    for name, codings in figures["serve"].items():
        cells = [cell(codings.get(coding)) for coding in ("identity", "gzip", "br", "304")]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    caddy, ours = figures["serve"]["Caddy"], figures["serve"]["ours"]
    shares = [f"{ours[coding]['a_second'] / caddy[coding]['a_second']:.2f}" for coding in ("identity", "gzip", "br", "304")]
    lines.append(f"| ours ÷ Caddy | {' | '.join(shares)} |")
    lines += ["", "| a page of the desk | alone | while they read |", "|---|---|---|"]
    for what, hows in figures["desk"].items():
        cells = [f"{hows[how]['p50_ms']:.1f} / {hows[how]['p99_ms']:.1f} ms" for how in ("alone", "beside readers")]
        lines.append(f"| {what} (p50 / p99) | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def cell(figure: dict | None) -> str:
    if figure is None:
        return "–"
    return f"{figure['a_second']:,.0f} ({figure['p50_ms']:.1f} / {figure['p99_ms']:.1f})"


def page(figures: dict) -> str:
    setting = (f"{figures['machine']}; load {figures['load'][0]} before, {figures['load'][1]} after. "
               f"{figures['rounds']} rounds of {figures['seconds']} s.")
    return TITLE + ABOUT + markdown(figures) + "\n" + setting + "\n"
