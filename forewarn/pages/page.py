"""One self-contained HTML file: markup, style, scripts and data, nothing loaded from elsewhere.

The data stands in a ``<script type="application/json">`` block in which no character can end the block, and
the scripts put it on the page as text, never as markup: names in a file are somebody else's. A content
security policy in the page forbids every connection.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

import msgspec

POLICY: Final = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:"
"""What the page may do: run what is written in it, and draw; no connection of any kind."""

MAP: Final = ("map.js", "marks.js", "pointer.js", "parts.js")
"""The scripts that every page with a map begins with."""

FRAME: Final = """<div class="split">
<aside class="side{wide}">
{side}
</aside>
<div class="right">
  <main class="stage" id="stage">
    <canvas id="map" tabindex="0" aria-label="Map 地图"></canvas>
    <div class="tip" id="tip" hidden></div>
    <div class="zoom">
      <button id="in" title="Zoom in 放大">+</button>
      <button id="out" title="Zoom out 缩小">−</button>
      <button id="all" title="Show all 全图">⤢</button>
    </div>
    <div class="attribution">{attribution}</div>
  </main>{below}
</div>
</div>"""


def framed(side: str, *, attribution: str, wide: bool = False, below: str = "") -> str:
    """Return the body of a page with a map, for the scripts of ``MAP``.

    ``side`` and ``below`` are markup of the column beside the map and of what stands under it; ``attribution`` is
    plain text.
    """
    below = f"\n{below}" if below else ""
    return FRAME.format(side=side, attribution=escape(attribution), wide=" wide" if wide else "", below=below)


def script_safe(value: object) -> str:
    """Return ``value`` as JSON that can stand inside a script element.

    ``<``, ``>`` and ``&`` become escapes, so that neither ``</script>`` nor ``<!--`` can occur.
    """
    text = msgspec.json.encode(value).decode()
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def write_page(
    path: Path,
    *,
    title: str,
    body: str,
    data: dict[str, Any],
    scripts: Sequence[str],
    libraries: Sequence[str] = (),
) -> int:
    """Write one page and return its size in bytes.

    ``title`` is plain text; ``body`` is markup of this package's own, in which foreign text is already
    escaped; ``data`` is what the scripts find in the block ``data``; ``scripts`` are names of files in this
    package, run in order after ``libraries``, which are sources in full.
    """
    parts = [
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n',
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n',
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n',
        f"<title>{escape(title)}</title>\n<style>\n{_own('page.css')}</style>\n</head>\n<body>\n{body}\n",
        f'<script type="application/json" id="data">{script_safe(data)}</script>\n',
    ]
    parts += [f"<script>{source}</script>\n" for source in libraries]
    parts += [f"<script>\n{_own(name)}</script>\n" for name in scripts]
    parts.append("</body>\n</html>\n")
    content = "".join(parts).encode()
    path.write_bytes(content)
    return len(content)


def _own(name: str) -> str:
    return (files("forewarn.pages") / name).read_text(encoding="utf-8")
