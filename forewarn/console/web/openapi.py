"""The description of the JSON interface (OpenAPI 3.1), made of the table of endpoints and of the records' own types."""

from __future__ import annotations

import re
from collections.abc import Iterable
from importlib.metadata import version
from typing import Any, Final

from forewarn.console.web.asking import COOKIE, TOKEN_HEADER
from forewarn.console.web.endpoint import PUBLIC, Endpoint

ERROR: Final = {
    "type": "object",
    "required": ["error", "message"],
    "properties": {"error": {"type": "string"}, "message": {"type": "string"}},
}
REFUSALS: Final = {
    "400": "What was asked for cannot be; the message names the field.",
    "401": "No session.",
    "403": "Not allowed, or without the token of the session.",
    "404": "Not there, or another carrier's.",
    "409": "Somebody else was first, or the state does not allow it.",
    "429": "Tried too often.",
    "503": "The store, or the way to the cab, does not answer.",
}
TEXT: Final = {"type": "string"}
_NAMES: Final = re.compile(r"\{(\w+)\}")
_UNFIT: Final = re.compile(r"\W+")


def description(endpoints: Iterable[Endpoint]) -> dict[str, Any]:
    """Return the description of these endpoints."""
    paths: dict[str, dict[str, Any]] = {}
    for one in endpoints:
        paths.setdefault(one.path, {})[one.method.lower()] = _operation(one)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Forewarn console",
            "version": version("forewarn"),
            "summary": "Alarms, vehicles and segments of a fleet, and what dispatchers do about them.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "paths": paths,
        "components": {
            "securitySchemes": {"session": {"type": "apiKey", "in": "cookie", "name": COOKIE}},
            "schemas": {"Error": ERROR},
            "responses": {
                status: {
                    "description": says,
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}},
                }
                for status, says in REFUSALS.items()
            },
        },
    }


def _operation(one: Endpoint) -> dict[str, Any]:
    named = [{"name": name, "in": "path", "required": True, "schema": TEXT} for name in _NAMES.findall(one.path)]
    asked = [{"name": name, "in": "query", "schema": schema} for name, schema in (one.query or {}).items()]
    told: dict[str, Any] = {
        "summary": one.says,
        "operationId": _UNFIT.sub("_", f"{one.method.lower()}{one.path}").strip("_"),
        "parameters": named + asked,
        "responses": {
            **_done(one),
            **{status: {"$ref": f"#/components/responses/{status}"} for status in REFUSALS},
        },
    }
    if one.right != PUBLIC:
        told["security"] = [{"session": []}]
    if one.method != "GET":
        if one.right != PUBLIC:
            told["parameters"] = [
                *told["parameters"],
                {"name": TOKEN_HEADER, "in": "header", "required": True, "schema": TEXT},
            ]
        schema = one.body or {"type": "object"}
        told["requestBody"] = {"required": True, "content": {"application/json": {"schema": schema}}}
    return told


def _done(one: Endpoint) -> dict[str, Any]:
    if one.tells is not None:
        return {"200": {"description": "Done.", "content": {one.tells: {}}}}
    where = {"Location": {"required": True, "schema": TEXT}}
    return {"303": {"description": "Go on there.", "headers": where}}
