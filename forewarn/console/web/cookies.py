"""The session's cookie: no script reads it, and no other site's page sends it."""

from __future__ import annotations

from starlette.responses import Response

from forewarn.console.console import Console
from forewarn.console.web.asking import COOKIE


def keep_session(answer: Response, console: Console, token: str) -> None:
    """Have the browser keep a session."""
    answer.set_cookie(
        COOKIE,
        token,
        max_age=round(console.times.most_s),
        httponly=True,
        samesite="strict",
        secure=console.settings.secure_cookies,
    )


def drop_session(answer: Response, console: Console) -> None:
    """Have it forgotten."""
    answer.delete_cookie(COOKIE, httponly=True, samesite="strict", secure=console.settings.secure_cookies)
