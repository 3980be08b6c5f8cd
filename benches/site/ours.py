"""Our content folder of any size: the project's own content, in five languages, and made files."""

import json
import random
import re
import shutil
from pathlib import Path

import bodies
from bodies import Source, capitalized, sentence
from words import LANGUAGES, TRANSLATIONS, WORDS

# Pages that content makes besides a file's own: home, four lists, the form, and one form a topic.
LISTS = 6
# Pages that are there once: 404 and sorry.
SINGLE = 2


def quoted(text: str) -> str:
    """A YAML string."""
    return json.dumps(text, ensure_ascii=False)


def base_pages(content: Path) -> int:
    """The pages that the project's own content is in one language."""
    files = {folder: [file for file in (content / folder).glob("*.md") if file.stem.count(".") == 0]
             for folder in ("topics", "branches", "services", "news", "pages")}
    count = {folder: sum(file.stem != "index" for file in there) for folder, there in files.items()}
    return LISTS + 2 * count["topics"] + count["branches"] + count["services"] + count["news"] + count["pages"]


def made_sources(content: Path, pages: int) -> int:
    """How many files to make for so many pages in all languages together."""
    room = pages - base_pages(content) * len(LANGUAGES) - SINGLE
    return max(2, round(room / len(LANGUAGES)))


def write(content: Path, out: Path, pages: int, seed: int) -> list[Source]:
    """Writes the folder, and says what was made."""
    if out.exists():
        shutil.rmtree(out)
    shutil.copytree(content, out)
    leave_out_pictures(out)
    narrow_languages(out)
    for tag in TRANSLATIONS:
        translate_base(out, tag, seed)
    made = bodies.sources(made_sources(content, pages), seed)
    for source in made:
        for tag, text in source.texts.items():
            ending = "" if tag == "en" else f".{tag}"
            date = f"date: {source.date}\n" if source.date and tag == "en" else ""
            head = f"---\ntitle: {quoted(text.title)}\n{date}summary: {quoted(text.summary)}\n---\n\n"
            (out / source.folder / f"{source.id}{ending}.md").write_text(head + text.body, encoding="utf-8")
    return made


def leave_out_pictures(out: Path) -> None:
    """Hugo's site has none, and making one would measure an encoder: it is made once and kept."""
    shutil.rmtree(out / "images", ignore_errors=True)
    for file in out.glob("*/*.md"):
        text = file.read_text(encoding="utf-8")
        bare = re.sub(r"(?m)^!\[[^\]]*\]\([^)]*\)\n\n?", "", text)
        if bare != text:
            file.write_text(bare, encoding="utf-8")


def narrow_languages(out: Path) -> None:
    """Five languages, all of them whole; nobody speaks or interprets another."""
    tags = [tag for tag, _, _ in LANGUAGES]
    entries = [f"  - {{ tag: {tag}, name: {name}, english_name: {english}, extent: whole }}"
               for tag, name, english in LANGUAGES]
    site = (out / "site.yaml").read_text(encoding="utf-8")
    site = re.sub(r"(?m)^languages:\n(?:  - .*\n)+", "languages:\n" + "\n".join(entries) + "\n", site)
    site = re.sub(r"(?m)^interpreters: .*$", f"interpreters: [{', '.join(TRANSLATIONS)}]", site)
    (out / "site.yaml").write_text(site, encoding="utf-8")
    for file in sorted((out / "branches").glob("*.md")):
        text = file.read_text(encoding="utf-8")
        text = re.sub(r"(?m)^speaks: \[(.*)\]$", lambda found: narrow_speaks(found[1], tags), text)
        file.write_text(text, encoding="utf-8")


def narrow_speaks(listed: str, tags: list[str]) -> str:
    items = re.findall(r"\{[^}]*\}|[\w-]+", listed)
    kept = [item for item in items if re.sub(r".*tag: ([\w-]+).*", r"\1", item) in tags]
    return f"speaks: [{', '.join(kept)}]"


def translate_base(out: Path, tag: str, seed: int) -> None:
    """Files of the project that aren't in a language yet get words of it, in the source's shape."""
    for folder in ("topics", "branches", "services", "news", "pages"):
        for file in sorted((out / folder).glob("*.md")):
            target = file.with_name(f"{file.stem}.{tag}.md")
            if file.stem.count(".") or target.exists():
                continue
            dice = random.Random(f"{seed} base {folder}/{file.stem} {tag}")
            _, _, body = file.read_text(encoding="utf-8").split("---\n", 2)
            lines = [translate_line(line, tag, dice) for line in body.splitlines()]
            text = f"---\n{front_matter(folder, tag, dice)}---\n" + "\n".join(lines) + "\n"
            target.write_text(text, encoding="utf-8")
    strings = out / "strings" / f"{tag}.ftl"
    if not strings.exists():
        english = (out / "strings/en.ftl").read_text(encoding="utf-8")
        strings.write_text(translate_strings(english, tag, seed), encoding="utf-8")


def front_matter(folder: str, tag: str, dice: random.Random) -> str:
    if folder == "branches":
        return ""
    title = capitalized(bodies.fill(dice.choice(WORDS[tag]["titles"]), tag, dice))
    summary = {"topics": "card", "services": "card"}.get(folder, "summary")
    keys = f"title: {quoted(title)}\n{summary}: {quoted(sentence(tag, dice))}\n"
    if folder == "topics":
        known = ", ".join(quoted(thing) for thing in dice.sample(WORDS[tag]["things"], 6))
        keys += f"tell_us: {quoted(sentence(tag, dice))}\nalso_known_as: [{known}]\n"
    return keys


def translate_line(line: str, tag: str, dice: random.Random) -> str:
    """As many words, the same markers, links and placeholders."""
    marker, text = re.fullmatch(r"(\s*(?:(?:[-*>]|\d+\.|#+)\s+)?)(.*)", line).groups()
    if not text or text.startswith("[!"):
        return line
    if "#" in marker:
        return marker + dice.choice(WORDS[tag]["headings"])
    links = re.findall(r"\]\(([^)#]*)[^)]*\)", text)
    written = bodies.paragraph(tag, dice, max(1, len(text.split()) // 12))
    for target in links:
        written += " " + WORDS[tag]["see"].format(link=bodies.link(tag, dice, target))
    for placeholder in re.findall(r"\{[a-z_]+\}", re.sub(r"\]\([^)]*\)", "", text)):
        written += f" {placeholder}"
    return marker + written


def translate_strings(english: str, tag: str, seed: int) -> str:
    """Every string for patrons, with the source's values."""
    lines = []
    for key, value in re.findall(r"(?m)^([\w-]+) = ?(.*(?:\n[ \t]+.*|\n\})*)", english):
        if key.startswith("staff-"):
            continue
        dice = random.Random(f"{seed} string {key} {tag}")
        values = list(dict.fromkeys(re.findall(r"\{ ?(\$[\w-]+)", value)))
        words = re.sub(r"\{[^}]*\}", "", value).split()
        if not any(re.search(r"\w", word) for word in words):
            text = value
        elif len(words) <= 4:
            text = capitalized(dice.choice(WORDS[tag]["things"]))
        else:
            text = sentence(tag, dice)
        for name in values:
            if name not in text:
                text += f" {{ {name} }}"
        lines.append(f"{key} = {text}")
    return "\n".join(lines) + "\n"
