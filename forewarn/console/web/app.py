"""The application: endpoints of the table, the stream, and the page."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import Final
from urllib.parse import unquote

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import BaseRoute, Match, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Scope

from forewarn.console.console import Console
from forewarn.console.web.asking import Answering, refusal, session_of
from forewarn.console.web.routes import ENDPOINTS
from forewarn.console.web.security import Secured, policy
from forewarn.console.web.stream import Stream

STATIC: Final = Path(str(files("forewarn.console"))) / "static"


class Exact(Route):
    """A route whose names may have a slash, which is then written ``%2F``: it goes by the path as it was sent."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Tell whether it is this one's, with the names as they are meant."""
        match, found = super().matches({**scope, "path": scope["raw_path"].decode("ascii")})
        names = found.get("path_params", {})
        return match, {**found, "path_params": {name: unquote(value) for name, value in names.items()}}


def app_of(console: Console) -> ASGIApp:
    """Return the application over a console that has begun."""
    page = (STATIC / "index.html").read_bytes()

    def index(_: Request) -> Response:
        return Response(page, media_type="text/html; charset=utf-8", headers={"Cache-Control": "no-cache"})

    routes: list[BaseRoute] = [
        Route("/", index),
        Route("/api/stream", Stream(console).open),
        *(Exact(one.path, Answering(console, one).answer, methods=[one.method]) for one in ENDPOINTS),
        Mount("/static", StaticFiles(directory=STATIC)),
    ]
    if console.settings.basemap is not None:
        basemap = console.settings.basemap

        async def under(request: Request) -> Response:
            if await session_of(console, request) is None:
                return refusal(401, "no_session", "log in first")
            return FileResponse(basemap)

        routes.insert(1, Route("/basemap.pmtiles", under))
    return Secured(Starlette(routes=routes), policy(page))
