"""Reading profiles: TOML to figures, with every fault named."""

from __future__ import annotations

import math
import re
import tomllib
from pathlib import Path
from typing import Any, Final

from alerts.profiles.figures import FIGURES
from alerts.profiles.profile import BASE, Given, Profile, ProfileError
from alerts.prompts import LANGUAGES

PROFILES: Final = {path.stem: path for path in sorted(Path(__file__).parent.glob("*.toml"))}
"""Name to file of the profiles that come with the program."""

_TOP: Final = ("title", "extends", "defaults", "class", *FIGURES)
_DEFAULTS: Final = {"class": str, "language": str, "miles": bool}
_NAME: Final = re.compile(r"[a-z][a-z0-9_]*")

_Figures = dict[tuple[str, str], dict[str, Given]]


def load_profile(name_or_path: str | Path) -> Profile:
    """Return a profile that comes with the program, by its name, or a user's, by the path of its TOML file.

    Raises ProfileError for a profile that does not exist or has faults; the message names file and keys.
    """
    return _load(_path_of(str(name_or_path), Path()), ())


def _path_of(name: str, folder: Path) -> Path:
    if name in PROFILES:
        return PROFILES[name]
    if name.endswith(".toml") or (folder / name).is_file():
        return folder / name
    raise ProfileError(f"no profile {name!r}: there are {', '.join(PROFILES)}, or give the path of a .toml file")


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except OSError as error:
        raise ProfileError(f"{path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ProfileError(f"{path}: not UTF-8 at byte {error.start}") from error
    except tomllib.TOMLDecodeError as error:
        raise ProfileError(f"{path}: not TOML: {error}") from error


def _load(path: Path, below: tuple[Path, ...]) -> Profile:
    if path.resolve() in below:
        raise ProfileError(f"{path}: extends: comes back to itself")
    content = _read(path)
    faults = [f"{key}: no such key; there are {', '.join(_TOP)}" for key in content if key not in _TOP]
    extends = _text(content, "extends", faults)
    parent = _load(_path_of(extends, path.parent), (*below, path.resolve())) if extends else None
    title = _text(content, "title", faults) or (parent.title if parent else path.stem)
    defaults = _defaults(content.get("defaults", {}), parent, faults)
    own = _own(content, path.name, faults)
    given = _merged(own, parent)
    faults += _missing(given, content)
    faults += [] if faults else _at_odds(given)
    if faults:
        raise ProfileError("\n".join(f"{path}: {fault}" for fault in faults))
    classes = tuple(sorted({c for _, c in given if c != BASE}))
    return Profile(
        path.stem, title, extends, defaults["class"], defaults["language"], defaults["miles"], classes, given
    )


def _text(content: dict[str, Any], key: str, faults: list[str]) -> str | None:
    value = content.get(key)
    if value is not None and not (isinstance(value, str) and value.strip()):
        faults.append(f"{key}: must be a text, not {value!r}")
        return None
    return value


def _table(value: Any, where: str, faults: list[str]) -> dict[str, Any]:
    if isinstance(value, dict):
        return value
    faults.append(f"{where}: must be a section, not {value!r}")
    return {}


def _defaults(section: Any, parent: Profile | None, faults: list[str]) -> dict[str, Any]:
    found: dict[str, Any] = {"class": "", "language": "", "miles": False}
    if parent is not None:
        found = {"class": parent.default_class, "language": parent.language, "miles": parent.miles}
    for key, value in _table(section, "defaults", faults).items():
        if key not in _DEFAULTS:
            faults.append(f"defaults.{key}: no such key; there are {', '.join(_DEFAULTS)}")
        elif not isinstance(value, _DEFAULTS[key]):
            faults.append(f"defaults.{key}: must be {'true or false' if key == 'miles' else 'a text'}, not {value!r}")
        elif isinstance(value, str) and not _NAME.fullmatch(value):
            faults.append(f"defaults.{key}: must be of small letters, digits and _, not {value!r}")
        elif key == "language" and value not in LANGUAGES:
            faults.append(f"defaults.language: no such language {value!r}; there are {', '.join(LANGUAGES)}")
        else:
            found[key] = value
    missing = [key for key in ("class", "language") if not found[key] and key not in section]
    faults.extend(f"defaults.{key}: missing" for key in missing)
    return found


def _own(content: dict[str, Any], source: str, faults: list[str]) -> _Figures:
    """Return what the file itself gives, by (rule, class)."""
    own: _Figures = {}
    for rule in FIGURES:
        own[rule, BASE] = _section(rule, content.get(rule, {}), rule, source, faults)
    for vehicle_class, sections in _table(content.get("class", {}), "class", faults).items():
        where = f"class.{vehicle_class}"
        if not _NAME.fullmatch(vehicle_class):
            faults.append(f"{where}: a class is named by small letters, digits and _")
        for rule, section in _table(sections, where, faults).items():
            if rule in FIGURES:
                own[rule, vehicle_class] = _section(rule, section, f"{where}.{rule}", source, faults)
            else:
                faults.append(f"{where}.{rule}: no such section; there are {', '.join(FIGURES)}")
    return own


def _section(rule: str, section: Any, where: str, source: str, faults: list[str]) -> dict[str, Given]:
    found = {}
    for key, entry in _table(section, where, faults).items():
        if key not in FIGURES[rule]:
            faults.append(f"{where}.{key}: no such key; there are {', '.join(FIGURES[rule])}")
            continue
        value, from_where = entry, source
        if isinstance(entry, dict):
            if set(entry) - {"value", "source"} or "value" not in entry:
                faults.append(f"{where}.{key}: must be a figure or {{ value = .., source = .. }}, not {entry!r}")
                continue
            value, from_where = entry["value"], entry.get("source", source)
            if not isinstance(from_where, str):
                faults.append(f"{where}.{key}.source: must be a text, not {from_where!r}")
                continue
        fault = _fault_of(rule, key, value)
        if fault:
            faults.append(f"{where}.{key}: {fault}")
        else:
            found[key] = Given(float(value), from_where)
    return found


def _fault_of(rule: str, key: str, value: Any) -> str | None:
    """Say what is wrong with a value; None where nothing is."""
    figure = FIGURES[rule][key]
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return f"must be a figure in {figure.unit}, not {value!r}"
    if not figure.least <= value <= figure.most:
        return f"must be {figure.least:g} to {figure.most:g} {figure.unit}, not {value!r}"
    return None


def _merged(own: _Figures, parent: Profile | None) -> _Figures:
    """Lay what the file gives over what it extends: its sections over all classes, its classes over both."""
    classes = {c for _, c in own} | {BASE} | set(parent.classes if parent else ())
    given: _Figures = {}
    for rule in FIGURES:
        for c in sorted(classes):
            inherited = parent.figures(rule, c) if parent else {}
            given[rule, c] = {**inherited, **own[rule, BASE], **own.get((rule, c), {})}
    return given


def _missing(given: _Figures, content: dict[str, Any]) -> list[str]:
    """Name the figures that neither the file nor what it extends gives; a faulty one is not a missing one."""
    return [
        f"{rule}.{key}: missing, and nothing is extended that has it"
        for rule, figures in FIGURES.items()
        for key in figures
        if key not in given[rule, BASE] and key not in content.get(rule, ())
    ]


def _at_odds(given: _Figures) -> list[str]:
    """Name figures that contradict each other within one class."""
    faults = []
    for (rule, c), figures in given.items():
        where = rule if c == BASE else f"class.{c}.{rule}"
        v = {key: figure.value for key, figure in figures.items()}
        if rule == "speeding" and not v["minor_pct"] < v["major_pct"] < v["critical_pct"]:
            faults.append(f"{where}.major_pct: must lie between minor_pct and critical_pct")
        if rule == "fatigue":
            if (v["first_part_s"] > 0) != (v["second_part_s"] > 0):
                faults.append(f"{where}.second_part_s: a split rest needs both parts, or neither")
            if max(v["first_part_s"], v["second_part_s"], v["halt_s"]) > v["rest_s"]:
                faults.append(f"{where}.rest_s: must not be shorter than a part of it, or than halt_s")
            if v["drive_kmh"] > v["sure_kmh"]:
                faults.append(f"{where}.sure_kmh: must not be less than drive_kmh")
            if 0 < v["day_rest_s"] < v["rest_s"]:
                faults.append(f"{where}.day_rest_s: must not be shorter than rest_s")
    return faults
