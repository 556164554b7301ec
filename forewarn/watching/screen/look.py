"""Dark and light: greys for what is normal, colour for what is severe, at 4.5 : 1 on their ground at least."""

from __future__ import annotations

from typing import Final

from textual.theme import Theme

DARK: Final = Theme(
    name="forewarn-dark",
    dark=True,
    primary="#6cb0ff",
    warning="#f2b45f",
    error="#ff8a80",
    success="#7cc79a",
    foreground="#dfe4ea",
    background="#0f1216",
    surface="#171b20",
    panel="#1e2329",
    variables={
        "soft": "#aeb7c2",
        "quiet": "#97a1ad",
        "line": "#2a3038",
        "chosen": "#22303f",
        "critical": "#ff6b63",
        "major": "#ff9d5c",
        "minor": "#f2c14e",
        "info": "#8fc3ea",
        "badge": "#f2c14e",
        "on-badge": "#14181d",
    },
)
LIGHT: Final = Theme(
    name="forewarn-light",
    dark=False,
    primary="#0b63ce",
    warning="#8a4600",
    error="#a81616",
    success="#2b6b45",
    foreground="#171b21",
    background="#eceef1",
    surface="#ffffff",
    panel="#f6f7f9",
    variables={
        "soft": "#4d5661",
        "quiet": "#5d6671",
        "line": "#d9dde2",
        "chosen": "#d6e4f6",
        "critical": "#b31212",
        "major": "#a33c00",
        "minor": "#7a4d00",
        "info": "#1d4f91",
        "badge": "#7a4d00",
        "on-badge": "#ffffff",
    },
)
THEMES: Final = (DARK, LIGHT)
"""The first is what it begins with."""
