"""The page's files: what is vendored is what its table says, every word is in every language, modules stay short."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

import forewarn.console
from forewarn.console.actions import ACTIONS
from forewarn.console.alarms.states import Event
from forewarn.console.people.logging_in import LOGGED_IN, LOGGED_OUT, LOGIN_FAILED

STATIC = Path(forewarn.console.__file__).parent / "static"
VENDOR = STATIC / "vendor"
TABLE = json.loads((VENDOR / "vendored.json").read_text(encoding="utf-8"))
OWN = sorted((STATIC / "app").rglob("*.js"))
TABLES = sorted((STATIC / "app" / "words").glob("*.js"))
WORDS = "\n".join(path.read_text(encoding="utf-8") for path in TABLES)
ENTRY = re.compile(r'^  "([\w.]+)": \{\s*zh: "([^"]+)",\s*en: "([^"]+)",?\s*\},$', re.M)


def test_vendored_files_have_the_hashes_of_their_table() -> None:
    """Each file is as it came, nothing else lies there, and each library has its licence's text."""
    for row in TABLE:
        assert hashlib.sha256((VENDOR / row["file"]).read_bytes()).hexdigest() == row["sha256"], row["file"]
        assert row["licence"] in ("MIT", "BSD-3-Clause", "Apache-2.0")
        assert f"{row['name']}@{row['version']}" in row["from"]
        assert (VENDOR / row["file"]).with_name("LICENSE").stat().st_size > 500
    found = {path.relative_to(VENDOR).as_posix() for path in VENDOR.rglob("*") if path.is_file()}
    licences = {path for path in found if path.endswith("/LICENSE")}
    assert found - licences == {row["file"] for row in TABLE} | {"vendored.json"}


def test_every_import_finds_its_file() -> None:
    """By the import map of the page, or beside the module."""
    page = (STATIC / "index.html").read_text(encoding="utf-8")
    found = re.search(r'<script type="importmap">(.*?)</script>', page, re.S)
    assert found is not None
    known = json.loads(found[1])["imports"]
    for address in [*known.values(), *re.findall(r'(?:src|href)="(/static/[^"]+)"', page)]:
        assert (STATIC / address.removeprefix("/static/")).is_file(), address
    for path in OWN:
        for name in re.findall(r'(?:from |import\()"([^"]+)"', path.read_text(encoding="utf-8")):
            assert name in known or (path.parent / name).is_file(), (path.name, name)


def test_every_word_is_in_every_language() -> None:
    """No entry of the tables lacks one, or stands in two; both languages have the same blanks to fill."""
    entries = ENTRY.findall(WORDS)
    assert len({name for name, _, _ in entries}) == len(entries)
    assert len(entries) == len(re.findall(r'^  "[\w.]+":', WORDS, re.M)) > 150
    for name, zh, en in entries:
        assert sorted(re.findall(r"\{\w+\}", zh)) == sorted(re.findall(r"\{\w+\}", en)), name
        assert re.search(r"[一-鿿]", zh) or name in ("frame.language", "state.by", "unit.kmh"), name


def test_every_word_is_known_and_used() -> None:
    """What the modules say stands in a table, each table is read, and none holds a word that nobody says."""
    looked_up = (STATIC / "app" / "words.js").read_text(encoding="utf-8")
    assert re.findall(r'"\./words/([^"]+)"', looked_up) == [path.name for path in TABLES]
    names = {name for name, _, _ in ENTRY.findall(WORDS)}
    source = "\n".join(path.read_text(encoding="utf-8") for path in OWN if path not in TABLES)
    said = set(re.findall(r'"([a-z_]+\.[a-z_]+)"', source)) - {"this.js"}
    families = tuple(re.findall(r"`([a-z]+\.[a-z_]*)\$\{", source))
    prefixes = {name.split(".")[0] for name in names}
    assert {one for one in said if one.split(".")[0] in prefixes} <= names
    assert {name for name in names if name not in said and not name.startswith(families)} == set()


def test_what_the_journal_tells_has_words() -> None:
    """Every name of what happened that the software writes, and no other."""
    written = {*ACTIONS, *Event, LOGGED_IN, LOGIN_FAILED, LOGGED_OUT}
    for path in (STATIC.parent / "desk.py", *(STATIC.parent / "web" / "routes").glob("*.py")):
        source = path.read_text(encoding="utf-8")
        written |= set(re.findall(r'(?:what=|_note\(c, asked, |desk\.note\(person, id, |SYSTEM, )"(\w+)"', source))
    source = (STATIC.parent / "segments" / "drafting.py").read_text(encoding="utf-8")
    written |= set(re.findall(r'(?:_note\(c, [\w.]+, |number, hash, )"(\w+)"', source))
    told = {name.removeprefix("what.") for name, _, _ in ENTRY.findall(WORDS) if name.startswith("what.")}
    assert {str(one) for one in written} == told


def test_modules_are_short_and_write_no_markup() -> None:
    """Under 300 lines each, and no text goes past the text nodes."""
    for path in OWN:
        source = path.read_text(encoding="utf-8")
        assert source.count("\n") < 300, path.name
        for forbidden in (
            "innerHTML",
            "outerHTML",
            "insertAdjacentHTML",
            "document.write",
            "eval(",
            "new Function",
            ".setHTML(",
        ):
            assert forbidden not in source, (path.name, forbidden)
        assert not re.search(r"https?://", source), path.name
