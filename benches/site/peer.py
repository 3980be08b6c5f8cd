"""The same site for Hugo: the same files, folders, addresses and languages, and layouts that make
comparable HTML.

Its links are looked up by the content's path, as ours are, by a link hook as Hugo's documentation
has it; a second site has final addresses in their place, so that nothing is looked up. Placeholders
are final words in both; what is the same on all pages of a language is rendered once
(`partialCached`); what it isn't asked for (taxonomies, smart quotes, aliases) is off.
"""

import json
import re
import shutil
from pathlib import Path

from words import LANGUAGES

HERE = Path(__file__).resolve().parent
SECTIONS = {"topics": "topics", "branches": "libraries", "services": "services", "news": "news"}
VALUES = {"{phone}": "425-555-0100", "{hours}": "9–17", "{promise}": "2", "{session_minutes}": "45"}
BASE = "https://help.library.example"


def address(tag: str, path: str) -> str:
    return path if tag == "en" else f"/{tag}{path}"


def target(folder: str, link: str) -> str:
    """The address in the source language of a link to a content file."""
    path, _, anchor = link.partition("#")
    parts = [folder]
    for part in path.split("/"):
        if part == "..":
            parts.pop()
        else:
            parts.append(part)
    name = parts[-1].removesuffix(".md")
    kind = parts[0] if len(parts) > 1 else folder
    page = "" if name == "index" else f"{name}/"
    where = "/" if kind == "pages" else f"/{SECTIONS[kind]}/"
    return where + page + (f"#{anchor}" if anchor else "")


def body(folder: str, tag: str, text: str, given: bool) -> str:
    def link(found: re.Match) -> str:
        if ":" in found[1]:
            return found[0]
        to = target(folder, found[1])
        return f"]({address(tag, to)})" if given else f"]({to})"
    text = re.sub(r"\]\(([^)\s]+)\)", link, text)
    for name, value in VALUES.items():
        text = text.replace(name, value)
    return text


def write(content: Path, templates: Path, out: Path, given: bool) -> None:
    """From our content folder, which has been written before. `given`: links are final addresses."""
    if out.exists():
        shutil.rmtree(out)
    shutil.copytree(HERE / "hugo", out)
    if given:
        shutil.rmtree(out / "layouts/_markup")
    pages = out / "content"
    strings = {tag: read_strings(content, tag) for tag, _, _ in LANGUAGES}
    (out / "i18n").mkdir()
    for tag, found in strings.items():
        entries = "".join(f"[{key}]\nother = {json.dumps(text, ensure_ascii=False)}\n" for key, text in found.items())
        (out / "i18n" / f"{tag}.toml").write_text(entries, encoding="utf-8")
    for folder in [*SECTIONS, "pages"]:
        for file in sorted((content / folder).glob("*.md")):
            page(content, pages, folder, file, given)
    for section, key in (("topics", "topics"), ("libraries", "libraries"), ("news", "news"), ("request", "form")):
        for tag, found in strings.items():
            lead = found.get(f"{key}-lead", "")
            keep(pages, section, "_index", tag, found[f"{key}-title"], lead, {}, "")
    static = out / "static"
    static.mkdir()
    shutil.copy(templates / "assets/icon.svg", static)
    (static / "style.css").write_bytes(b"".join(
        file.read_bytes() for file in sorted((templates / "assets/css").glob("*.css"))))
    write_config(out)


def page(content: Path, pages: Path, folder: str, file: Path, given: bool) -> None:
    id, _, tag = file.stem.partition(".")
    tag = tag or "en"
    if tag not in [language for language, _, _ in LANGUAGES]:
        return
    _, head, text = file.read_text(encoding="utf-8").split("---\n", 2)
    keys = dict(re.findall(r"(?m)^(\w+): (.+)$", head))
    source = file.with_name(f"{id}.md").read_text(encoding="utf-8").split("---\n", 2)[1]
    facts = dict(re.findall(r"(?m)^(date|order|name|group|way): (.+)$", source))
    title = plain(keys.get("title") or facts.get("name", id))
    lead = plain(keys.get("card") or keys.get("summary") or "")
    more = {key: facts[key] for key in ("date",) if key in facts}
    if "order" in facts:
        more["weight"] = facts["order"]
    if "group" in facts:
        more["group"] = facts["group"]
    section = SECTIONS.get(folder, "")
    name = "_index" if id == "index" else id
    keep(pages, section, name, tag, title, body(folder, tag, lead, given), more, body(folder, tag, text, given))
    if folder == "topics":
        keep(pages, "request", id, tag, title, lead, more, "")


def plain(value: str) -> str:
    return json.loads(value) if value.startswith('"') else value


def keep(pages: Path, section: str, name: str, tag: str, title: str, lead: str, more: dict, text: str) -> None:
    keys = {"title": title, "description": lead} | more
    unquoted = ("date", "weight")
    head = "".join(f"{key}: {value if key in unquoted else json.dumps(value, ensure_ascii=False)}\n"
                   for key, value in keys.items())
    ending = "" if tag == "en" else f".{tag}"
    file = pages / section / f"{name}{ending}.md"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"---\n{head}---\n{text}", encoding="utf-8")


def read_strings(content: Path, tag: str) -> dict[str, str]:
    """The strings as they are, their values as the samples of the site; English where missing."""
    found = {}
    for language in dict.fromkeys(["en", tag]):
        text = (content / "strings" / f"{language}.ftl").read_text(encoding="utf-8")
        for key, value in re.findall(r"(?m)^([\w-]+) = (\S.*)$", text):
            if "->" not in value:
                found[key] = re.sub(r"\{ ?\$?[\w-]+ ?\}", "2", value)
    return found


def write_config(out: Path) -> None:
    lines = [
        f'baseURL = "{BASE}/"', 'title = "Book a Librarian"', 'defaultContentLanguage = "en"',
        'disableKinds = ["taxonomy", "term"]', "disableAliases = true", "disableDefaultLanguageRedirect = true",
        "[pagination]", "pagerSize = 50", 'path = "older"', "disableAliases = true",
        "[outputs]", 'home = ["html", "rss"]', 'section = ["html"]', 'page = ["html"]',
        "[services.rss]", "limit = 20",
        "[markup.goldmark.extensions.typographer]", "disable = true", "[params]", 'phone = "425-555-0100"',
    ]
    for weight, (tag, name, _) in enumerate(LANGUAGES, 1):
        lines += [f"[languages.{tag}]", f'label = "{name}"', f'locale = "{tag}"', f"weight = {weight}"]
    (out / "hugo.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")
