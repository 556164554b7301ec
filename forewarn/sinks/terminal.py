"""Alerts as lines that a person reads: when, who, what, where, the sentence. Colour only on a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rich.console import Console
from rich.text import Text

from forewarn.cleaning import clean

if TYPE_CHECKING:  # the engine takes seconds to import
    from alerts.engine import Records
    from alerts.record import Alert

STYLES: Final = {"critical": "bold red", "major": "red", "minor": "yellow", "info": "cyan"}
"""Colour of an alert by severity."""


class TerminalLines:
    """Prints what a driver hears and what ends; records without a sentence only where ``everything`` is asked for."""

    def __init__(self, console: Console, *, everything: bool = False) -> None:
        """Print to the console given."""
        self._console = console
        self._everything = everything
        self._spoken: set[str] = set()

    def add(self, records: Records) -> None:
        """Print one line for each alert worth one."""
        for alert in records.alerts:
            if alert.prompt is not None:
                self._spoken.add(alert.id)
            elif not self._everything and not (alert.id in self._spoken and alert.state == "withdrawn"):
                continue
            self._console.print(self._line(alert), soft_wrap=True)

    def close(self) -> None:
        """Nothing is held back."""

    def _line(self, alert: Alert) -> Text:
        prompt = alert.prompt
        what = prompt.form if prompt else alert.state
        line = Text(f"{alert.at[:10]} {alert.at[11:19]}Z  {clean(alert.vehicle):<12} ", style="dim")
        line.append(f"{alert.kind:<8} {what:<11} ", style=STYLES.get(alert.severity, ""))
        if prompt is not None:
            sentence = clean(prompt.text)
            line.append(f"「{sentence}」" if prompt.language == "zh" else f'"{sentence}"', style="bold")
            if prompt.speak_at > alert.at:
                line.append(f"  at {prompt.speak_at[11:19]}Z", style="dim")
        elif alert.reason:
            line.append(clean(alert.reason))
        if alert.speed_kmh is not None:
            line.append(f"  {alert.speed_kmh:.0f} km/h", style="dim")
        if alert.limit_kmh is not None:
            line.append(f", limit {alert.limit_kmh:.0f}", style="dim")
        if alert.segment is not None:
            ahead = f" in {alert.ahead_m:.0f} m" if alert.ahead_m else ""
            line.append(f"  {clean(alert.segment.name)}{ahead}", style="dim")
        return line
