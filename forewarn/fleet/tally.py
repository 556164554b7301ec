"""What a simulated fleet of terminals counts while it runs, and its summary."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from forewarn.fleet import SIMULATED
from forewarn.fleet.hearing import OBEYED, Hearings
from forewarn.fleet.vehicle import EFFECTS


@dataclass(slots=True)
class Tally:
    """Counts of one run."""

    terminals: int
    """Terminals of the fleet."""
    joined: int = 0
    """Those of them that have logged in at least once."""
    logins: int = 0
    reports: int = 0
    """Reports of positions that were made."""
    sent: int = 0
    """Those of them that went out as they were made; the others wait for a batch."""
    acknowledged: int = 0
    """Those that the gateway has taken."""
    uploaded: int = 0
    """Those that it took in a batch of a blind area."""
    declined: int = 0
    """How often it would not take a report; the terminal keeps it then."""
    left: int = 0
    """Reports that were not acknowledged by the end."""
    losses: int = 0
    """Losses of the network."""
    refused: Counter[str] = field(default_factory=Counter)
    """Logins that failed, by reason."""
    broken: Counter[str] = field(default_factory=Counter)
    """Connections that could not be made or ended otherwise than by a simulated loss, by reason."""
    asked: Counter[str] = field(default_factory=Counter)
    """Other messages of the gateway, by id."""

    @property
    def good(self) -> bool:
        """Tell whether every terminal was let in and every report acknowledged."""
        return self.joined == self.terminals and not self.left

    def summary(self, to: str, hearings: Hearings) -> dict[str, Any]:
        """Return the counts, ready for JSON."""
        return {
            "simulated": True,
            "to": to,
            "terminals": self.terminals,
            "joined": self.joined,
            "logins": self.logins,
            "reports": self.reports,
            "sent": self.sent,
            "acknowledged": self.acknowledged,
            "uploaded": self.uploaded,
            "declined": self.declined,
            "not_acknowledged": self.left,
            "losses": self.losses,
            "refused": dict(self.refused.most_common()),
            "broken": dict(self.broken.most_common()),
            "asked": dict(self.asked.most_common()),
            **hearings.summary(),
        }

    def lines(self, hearings: Hearings) -> list[str]:
        """Return the same for a person."""
        told = hearings.summary()
        drop = told["mean_drop_kmh"]
        found = [
            f"{SIMULATED}: {self.joined:,} of {self.terminals:,} terminals logged in; {self.reports:,} reports: "
            f"{self.sent:,} sent as they were made, {self.uploaded:,} re-uploaded after {self.losses:,} losses of the "
            f"network, {self.acknowledged:,} acknowledged, {self.left:,} not",
            f"{hearings.texts:,} texts heard" + (": " if hearings.texts else "")
            + ", ".join(f"{count:,} {EFFECTS[why]}" for why, count in told["effects"].items()),
        ]  # fmt: skip
        found += [
            f"mean drop of the speed of {who}: {drop[why]:.1f} km/h"
            for why, who in ((OBEYED, "who obeyed"), ("disobeyed", "who did not"))
            if drop[why] is not None
        ]
        means = told["mean_kmh_in_places"]
        if means["planned"] is not None:
            found.append(
                f"mean speed in the places of who obeyed: {means['driven']:.1f} km/h, planned {means['planned']:.1f}"
            )
        found += [f"login refused, {reason}: {count:,} times" for reason, count in self.refused.most_common()]
        found += [f"connection, {reason}: {count:,} times" for reason, count in self.broken.most_common()]
        return found
