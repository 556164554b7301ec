"""Versions of the segments: drafts drawn, tested and published."""

from __future__ import annotations

from typing import Any, Final

import msgspec
from starlette.responses import Response

from forewarn.console.actions import BadRequestError
from forewarn.console.console import Console
from forewarn.console.desk import NotThereError
from forewarn.console.segments.changes import changes
from forewarn.console.segments.collection import Collection
from forewarn.console.segments.drafting import ChangedError
from forewarn.console.segments.trial import DAY_MS, Task, Trial, changed_places
from forewarn.console.store import journal
from forewarn.console.store import segments as kept
from forewarn.console.store.segments import Version
from forewarn.console.web.endpoint import Asked, Endpoint
from forewarn.console.web.numbers import whole

PAGE: Final = 100
HASH: Final = {"hash": {"type": "string"}}
TEXT: Final = {"type": "string", "minLength": 1}
LINES: Final = {"type": ["array", "null"], "items": {"type": "array"}}


def listed(asked: Asked) -> dict[str, Any]:
    """Return versions, the newest first, and which one is in force."""
    before = None if "before" not in asked.query else _number_of(asked.query["before"], "before")
    with asked.console.store.read() as c:
        found = kept.listed(c, before, PAGE + 1)
        live = kept.live(c)
    return {
        "versions": found[:PAGE],
        "more": len(found) > PAGE,
        "live": None if live is None else live.number,
        "outlet": asked.console.drafting.how,
    }


def make(asked: Asked) -> dict[str, Any]:
    """Begin a draft."""
    version = asked.console.drafting.make(asked.person, asked.body.get("why"), asked.now_ms)
    return {"version": version}


def one(asked: Asked) -> dict[str, Any]:
    """Return a version, how it differs from the one in force, and what came of its trial."""
    number, console = _number(asked), asked.console
    version, content = _version(console, number)
    with console.store.read() as c:
        live = kept.live(c)
        base = kept.content_of(c, version.parent) if version.parent is not None else None
    trial = console.trials.of(number)
    return {
        "version": version,
        "live": live,
        "changes": changes(Collection(base or content), Collection(content)),
        "trial": None if trial is None else told(trial),
    }


def file(asked: Asked) -> Response:
    """Return the segment file of a version."""
    number = _number(asked)
    _, content = _version(asked.console, number)
    headers = {"Content-Disposition": f'attachment; filename="segments-{number}.geojson"'}
    return Response(content, media_type="application/geo+json", headers=headers)


def put(asked: Asked) -> dict[str, Any]:
    """Draw a segment of a draft, or change one."""
    body, drafting = asked.body, asked.console.drafting
    given = body.get("hash"), body.get("feature"), body.get("approaches")
    version, id, notes = drafting.put(asked.person, _number(asked), *given, asked.now_ms)
    return {"version": version, "id": id, "notes": [note._asdict() for note in notes]}


def retire(asked: Asked) -> dict[str, Any]:
    """Take a segment out of a draft."""
    given = asked.body.get("hash"), _id(asked)
    version, notes = asked.console.drafting.retire(asked.person, _number(asked), *given, asked.now_ms)
    return {"version": version, "notes": [note._asdict() for note in notes]}


def restore(asked: Asked) -> dict[str, Any]:
    """Put a segment of a draft back as it was."""
    given = asked.body.get("hash"), _id(asked)
    return {"version": asked.console.drafting.restore(asked.person, _number(asked), *given, asked.now_ms)}


def discard(asked: Asked) -> dict[str, Any]:
    """Remove a draft."""
    asked.console.drafting.discard(asked.person, _number(asked), asked.body.get("hash"), asked.now_ms)
    return {}


def try_out(asked: Asked) -> dict[str, Any]:
    """Judge the last day's positions by a version, beside the one in force."""
    console, number = asked.console, _number(asked)
    version, content = _version(console, number)
    if version.hash != asked.body.get("hash"):
        raise ChangedError(f"version {number} was changed meanwhile", version)
    with console.store.read() as c:
        live = kept.live(c)
    before = console.segments.content
    ids, boxes = changed_places(before, content)
    trial = Trial("running", number, version.hash, None if live is None else live.number, asked.person.name)
    task = Task(
        store=console.settings.store,
        before=before,
        after=content,
        changed=ids,
        boxes=boxes,
        from_ms=asked.now_ms - DAY_MS,
        to_ms=asked.now_ms + 1,
        profile=console.rules.profile,
        vehicle_class=console.rules.vehicle_class,
        language=console.rules.language,
        register=list(console.register.values()),
    )
    console.trials.begin(trial, task, lambda trial: _note(console, trial))
    return {"trial": told(trial)}


def publish(asked: Asked) -> dict[str, Any]:
    """Put a version in force."""
    body = asked.body
    given = body.get("hash"), body.get("live"), body.get("why")
    version = asked.console.drafting.publish(asked.person, _number(asked), *given, asked.now_ms)
    return {"version": version}


def told(trial: Trial) -> dict[str, Any]:
    """Return a trial as it is told outside: its figures beside the rest."""
    fields = msgspec.structs.asdict(trial)
    judged = fields.pop("judged")
    return fields | ({} if judged is None else msgspec.structs.asdict(judged))


def _note(console: Console, trial: Trial) -> None:
    facts: dict[str, Any] = {"number": trial.number, "hash": trial.hash, "state": trial.state}
    if trial.judged is not None:
        facts |= {name: getattr(trial.judged, name) for name in ("before", "after", "before_all", "after_all", "fixes")}
    with console.store.begin() as c:
        journal.append(c, at_ms=console.now_ms(), who=trial.who, what="segments_tried", facts=facts)
    console.changed()


def _version(console: Console, number: int) -> tuple[Version, bytes]:
    with console.store.read() as c:
        version, content = kept.find(c, number), kept.content_of(c, number)
    if version is None or content is None:
        raise NotThereError(f"there is no version {number}")
    return version, content


def _number(asked: Asked) -> int:
    return _number_of(asked.path["number"], "number")


def _number_of(text: str, field: str) -> int:
    number = whole(text)
    if number is None:
        raise BadRequestError(f"{field}: the number of a version")
    return number


def _id(asked: Asked) -> str:
    id = asked.body.get("id")
    if not isinstance(id, str):
        raise BadRequestError("id: of the segment")
    return id


def _body(*needed: str, **properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": ["hash", *needed], "properties": {**HASH, **properties}}


OF: Final = "/api/segment-versions/{number}"
LIVE: Final = {"type": ["integer", "null"]}
ENDPOINTS = (
    Endpoint(
        "GET",
        "/api/segment-versions",
        "edit",
        listed,
        "Versions of the segments, the newest first.",
        query={"before": {"type": "integer", "minimum": 0}},
    ),
    Endpoint(
        "POST",
        "/api/segment-versions",
        "edit",
        make,
        "Begin a draft from the version in force.",
        {"type": "object", "required": ["why"], "properties": {"why": TEXT}},
    ),
    Endpoint("GET", OF, "edit", one, "A version, what it changes, and its trial."),
    Endpoint("GET", f"{OF}/file", "edit", file, "Its segment file.", tells="application/geo+json"),
    Endpoint(
        "POST",
        f"{OF}/segments",
        "edit",
        put,
        "Draw a segment of a draft, or change one.",
        _body("feature", feature={"type": "object"}, approaches=LINES),
    ),
    Endpoint("POST", f"{OF}/retire", "edit", retire, "Take a segment out of a draft.", _body("id", id=TEXT)),
    Endpoint("POST", f"{OF}/restore", "edit", restore, "Put one back as it was.", _body("id", id=TEXT)),
    Endpoint("POST", f"{OF}/discard", "edit", discard, "Remove a draft.", _body()),
    Endpoint("POST", f"{OF}/try", "edit", try_out, "Test it on the last day's traffic.", _body()),
    Endpoint("POST", f"{OF}/publish", "edit", publish, "Put it in force.", _body("live", "why", live=LIVE, why=TEXT)),
)
