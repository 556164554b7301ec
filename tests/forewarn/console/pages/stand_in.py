"""A stand-in for the console's server: the page's files under the strict policy, the interface, made-up alarms.

It keeps everything in memory and is for the page's own tests and for looking at the page:
``python -m tests.forewarn.console.pages.stand_in 8090``.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import re
import socket
import sys
import threading
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Final

import msgspec
import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

import forewarn.console
from alerts.record import iso
from forewarn.console.alarms.states import RefusedError, State
from forewarn.console.day_report import report
from tests.forewarn.console.pages import made_up
from tests.forewarn.console.pages.world import World, now_ms

STATIC: Final = Path(forewarn.console.__file__).parent / "static"
PEOPLE: Final = {
    "dispatcher": ("dispatcher", ["see", "act"], "zh"),
    "second": ("dispatcher", ["see", "act"], "zh"),
    "viewer": ("viewer", ["see"], "en"),
}
PASSWORD: Final = "correct horse"  # noqa: S105 - of a server without secrets
TOKEN: Final = "csrf-token"  # noqa: S105
HEARTBEAT_S: Final = 15.0


def policy() -> str:
    """The strict policy, with the hash of the page's one inline element, its import map."""
    page = (STATIC / "index.html").read_text(encoding="utf-8")
    found = re.search(r'<script type="importmap">(.*?)</script>', page, re.S)
    assert found is not None
    digest = base64.b64encode(hashlib.sha256(found[1].encode()).digest()).decode()
    return (
        f"default-src 'self'; script-src 'self' 'sha256-{digest}'; style-src 'self'; img-src 'self' data: blob:; "
        "worker-src 'self' blob:; connect-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'"
    )


def refused(status: int, code: str, **more: Any) -> JSONResponse:
    """An answer that says no."""
    return JSONResponse({"error": code, "message": code} | more, status)


def person(request: Request) -> dict[str, Any] | None:
    """Who asks, by a cookie that any name would pass."""
    name = request.cookies.get("session")
    if name not in PEOPLE:
        return None
    role, rights, language = PEOPLE[name]
    return {"name": name, "role": role, "carrier": None, "language": language, "rights": rights, "csrf": TOKEN}


def application(world: World) -> Starlette:
    """The whole stand-in over one world."""
    csp = policy()

    async def page(request: Request) -> Response:
        return FileResponse(STATIC / "index.html")

    async def login(request: Request) -> Response:
        body = await request.json()
        if body["name"] not in PEOPLE or body["password"] != PASSWORD:
            return refused(401, "login")
        request.cookies["session"] = body["name"]
        answer = JSONResponse(person(request))
        answer.set_cookie("session", body["name"], httponly=True, samesite="strict")
        return answer

    async def logout(request: Request) -> Response:
        answer = JSONResponse({})
        answer.delete_cookie("session")
        return answer

    async def act(request: Request) -> Response:
        who, body = person(request), await request.json()
        alarm_id, action = request.path_params["id"], request.path_params["action"]
        assert who is not None
        if "act" not in who["rights"] or request.headers.get("x-csrf-token") != TOKEN:
            return refused(403, "forbidden")
        world.posts.append((f"{alarm_id}/{action}", body))
        if body["version"] != world.alarms[alarm_id].version:
            return refused(409, "conflict", alarm=msgspec.to_builtins(world.alarms[alarm_id]))
        try:
            return JSONResponse({"alarm": msgspec.to_builtins(world.act(alarm_id, action, who["name"], body))})
        except RefusedError as error:
            return refused(422, str(error))

    async def stream(request: Request) -> Response:
        last = request.headers.get("last-event-id") or request.query_params.get("after")
        return StreamingResponse(events(world, int(last) if last else None), media_type="text/event-stream")

    def read(path: str, answer: Any) -> Route:
        async def endpoint(request: Request) -> Response:
            found = answer(**request.path_params)
            return refused(404, "not_found") if found is None else JSONResponse(found)

        return Route(f"/api/{path}", endpoint)

    def one(id: str) -> Any:
        alarm = world.alarms.get(id)
        entries = [entry for entry in world.journal if entry["alarm_id"] == id]
        return alarm and {"alarm": msgspec.to_builtins(alarm), "journal": entries, "alerts": [], "outcomes": []}

    def listed() -> Any:
        with world.lock:
            alarms = [msgspec.to_builtins(alarm) for alarm in world.alarms.values() if alarm.state != State.NORMAL]
            return {"alarms": alarms, "at": len(world.journal), "load": world.load}

    def vehicle(id: str) -> Any:
        found = next((one for one in world.vehicles if one["vehicle"] == id), None)
        return found and made_up.vehicle_page(found, list(world.alarms.values()), now_ms())

    def day() -> Any:
        vehicles, alarms = [one["vehicle"] for one in world.vehicles], list(world.alarms.values())
        told = msgspec.to_builtins(report(vehicles, alarms, [], 1284))
        return {"from": iso(now_ms() - 86_400_000), "to": iso(now_ms()), "carrier": None, "report": told}

    routes = [
        Route("/", page), Mount("/static", StaticFiles(directory=STATIC)),
        Route("/api/login", login, methods=["POST"]), read("login", lambda: {"oidc": None}),
        Route("/api/logout", logout, methods=["POST"]),
        Route("/api/me", lambda request: JSONResponse(person(request))), Route("/api/stream", stream),
        Route("/api/alarms/{id}/{action}", act, methods=["POST"]),
        read("tables", lambda: made_up.TABLES), read("alarms", listed), read("alarms/{id}", one),
        read("load", lambda: world.load), read("report", day), read("carriers", lambda: {"carriers": made_up.CARRIERS}),
        read("vehicles", lambda: {"vehicles": world.vehicles, "at_ms": now_ms()}), read("vehicles/{id}", vehicle),
        read("segments", lambda: made_up.SEGMENTS), read("segments/{id}", lambda id: made_up.segment_page(id)),
    ]  # fmt: skip

    async def guard(request: Request, call_next: Any) -> Response:
        path = request.url.path
        if path.startswith("/api/") and path != "/api/login" and person(request) is None:
            return refused(401, "session")
        answer: Response = await call_next(request)
        answer.headers["Content-Security-Policy"] = csp
        return answer

    return Starlette(routes=routes, middleware=[Middleware(BaseHTTPMiddleware, dispatch=guard)])


async def events(world: World, last: int | None) -> AsyncIterator[str]:
    """One tab's stream, from after the event that it saw last."""
    at = len(world.events)
    if last is not None:
        at = next((k for k, (number, _, _) in enumerate(world.events) if number is not None and number > last), at)
    yield ": hello\n\n"
    beat = time.monotonic()
    while True:
        while at < len(world.events):
            number, name, data = world.events[at]
            at += 1
            mark = "" if number is None else f"id: {number}\n"
            yield f"{mark}event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"
        if time.monotonic() - beat > HEARTBEAT_S:
            beat = time.monotonic()
            yield "event: beat\ndata: {}\n\n"
        await asyncio.sleep(0.02)


class Server:
    """The stand-in on a port of its own, which can be ended and begun again."""

    def __init__(self, world: World, port: int = 0) -> None:
        """Not yet begun."""
        self.world = world
        with socket.socket() as free:
            free.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as uvicorn does
            free.bind(("127.0.0.1", port))
            self.port: int = free.getsockname()[1]
        self.address = f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Serve, in a thread."""
        config = uvicorn.Config(
            application(self.world), port=self.port, log_level="critical", lifespan="off", timeout_graceful_shutdown=0
        )
        self.server = uvicorn.Server(config)
        self.thread = threading.Thread(target=self.server.run, daemon=True)
        self.thread.start()
        while not self.server.started:
            time.sleep(0.01)

    def stop(self) -> None:
        """End; streams are cut."""
        self.server.force_exit = self.server.should_exit = True
        self.thread.join(10)


def main() -> None:
    """Serve a shift that goes on: positions each second, an alarm now and then."""
    server = Server(World(int(sys.argv[2]) if len(sys.argv) > 2 else 300), int(sys.argv[1]))
    world = server.world
    for alarm in made_up.shift(world.vehicles, now_ms()):
        world.put(alarm, "engine", "begin")
    world.load |= {"last_hour": 9, "peak_10min": 4, "oldest_unacknowledged_s": 245}
    server.start()
    while True:
        time.sleep(1)
        some = world.vehicles[int(time.time()) % 10 :: 10]
        for one in some:
            one["lon"], one["lat"] = round(one["lon"] + 0.0002, 6), round(one["lat"] + 0.0001, 6)
        rows = [[v["vehicle"], v["lon"], v["lat"], v["speed_kmh"], v["heading_deg"], now_ms()] for v in some]
        world.tell("positions", {"at_ms": now_ms(), "rows": rows})


if __name__ == "__main__":
    main()
