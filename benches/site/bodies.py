"""What the made files say: the same shape in every language, different words in every file."""

import datetime
import random
from dataclasses import dataclass, field

from words import LANGUAGES, PLACES, WORDS

FIRST_DAY = datetime.date(2009, 1, 5)
LAST_DAY = datetime.date(2026, 11, 13)

# What a body links to besides the other made files.
LINKED = ["../services/phone.md", "../services/index.md", "../topics/catalog.md", "../topics/genealogy.md",
          "../pages/its-us.md", "../branches/langley.md"]


@dataclass
class Text:
    """A file's words in one language."""
    title: str
    summary: str
    body: str


@dataclass
class Source:
    """A made page: a post of a day, or a page without one."""
    folder: str
    id: str
    date: datetime.date | None
    texts: dict[str, Text] = field(default_factory=dict)


def fill(template: str, tag: str, dice: random.Random) -> str:
    words = WORDS[tag]
    return template.format(
        thing=dice.choice(words["things"]), place=dice.choice(PLACES), day=dice.choice(words["days"]),
        n=dice.randrange(11, 480), link="{link}")


def sentence(tag: str, dice: random.Random) -> str:
    return fill(dice.choice(WORDS[tag]["sentences"]), tag, dice)


def link(tag: str, dice: random.Random, target: str) -> str:
    return f"[{dice.choice(WORDS[tag]['links'])}]({target})"


def capitalized(text: str) -> str:
    return text[:1].upper() + text[1:]


def paragraph(tag: str, dice: random.Random, sentences: int) -> str:
    return " ".join(sentence(tag, dice) for _ in range(sentences))


def table(tag: str, dice: random.Random, rows: int) -> str:
    words = WORDS[tag]
    lines = ["| " + " | ".join(words["columns"]) + " |", "| --- | --- | ---: |"]
    for place in dice.sample(PLACES, rows):
        lines.append(f"| {place} | {capitalized(dice.choice(words['things']))} | {dice.randrange(2, 90)} |")
    return "\n".join(lines)


def shape(dice: random.Random) -> list[tuple[str, int]]:
    """The blocks of a body, the same in all its languages: about 400 words."""
    blocks = [("paragraph", dice.randrange(2, 5))]
    kinds = ["list", "table", "quote", "steps"]
    dice.shuffle(kinds)
    for kind in kinds:
        blocks += [("heading", 0), ("paragraph", dice.randrange(2, 5)), (kind, dice.randrange(3, 6))]
    return blocks + [("paragraph", 2), ("see", 0)]


def body(tag: str, dice: random.Random, blocks: list[tuple[str, int]], targets: list[str]) -> str:
    headings = dice.sample(WORDS[tag]["headings"], 4)
    targets = iter(targets)
    written = []
    for kind, size in blocks:
        match kind:
            case "heading":
                text = f"## {headings.pop()}"
            case "paragraph":
                text = paragraph(tag, dice, size)
            case "list":
                text = "\n".join(f"- {sentence(tag, dice)}" for _ in range(size))
            case "steps":
                text = "\n".join(f"{n + 1}. {sentence(tag, dice)}" for n in range(size))
            case "table":
                text = table(tag, dice, size)
            case "quote":
                see = WORDS[tag]["see"].format(link=link(tag, dice, next(targets)))
                text = f"> {sentence(tag, dice)} **{sentence(tag, dice)}**\n\n{see}"
            case _:
                text = WORDS[tag]["see"].format(link=link(tag, dice, next(targets)))
        written.append(text)
    return "\n\n".join(written) + "\n"


def sources(count: int, seed: int) -> list[Source]:
    """So many posts (85 %) and pages, posts spread over the years."""
    posts = round(count * 0.85)
    span = (LAST_DAY - FIRST_DAY).days
    made = []
    for n in range(count):
        dice = random.Random(f"{seed} facts {n}")
        if n < posts:
            date = FIRST_DAY + datetime.timedelta(days=span * n // max(posts - 1, 1))
            source = Source("news", f"note-{n:05}", date)
        else:
            source = Source("pages", f"guide-{n:05}", None)
        others = made[-1 - dice.randrange(min(len(made), 400))] if made else None
        targets = [dice.choice(LINKED), f"../{others.folder}/{others.id}.md" if others else LINKED[0]]
        blocks = shape(dice)
        for tag, _, _ in LANGUAGES:
            words = random.Random(f"{seed} words {n} {tag}")
            title = fill(words.choice(WORDS[tag]["titles"]), tag, words)
            source.texts[tag] = Text(title, sentence(tag, words), body(tag, words, blocks, targets))
        made.append(source)
    return made
