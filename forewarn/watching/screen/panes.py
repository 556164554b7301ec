"""What stands around the table: who speaks to whom and since when, figures, the chosen alert, what is left out, keys.

Everything is built of ``Content``, which takes no word of the data for markup. Each pane holds its parts, since it may
be drawn before Textual has mounted them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from rich.cells import cell_len, set_cell_size
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Sparkline, Static

from forewarn.cleaning import clean
from forewarn.watching import facts
from forewarn.watching.columns import SEVERITY_SIGNS, weight
from forewarn.watching.figures import HOUR_MS, TEN_MINUTES_MS, Figures
from forewarn.watching.following import Link
from forewarn.watching.kept import Entry
from forewarn.watching.moments import Moments
from forewarn.watching.screen.keys import KEYS
from forewarn.watching.words import Words

NAME_CELLS: Final = 14
"""Of the names of fields."""
FIGURE_CELLS: Final = 10
SPAN_CELLS: Final = 12


class TopBar(Horizontal):
    """Whether what is shown is simulated, whether the broker answers, and what time it is."""

    def __init__(self, id: str) -> None:
        """Show nothing yet."""
        self._title, self._simulated = Static(id="title", markup=False), Static(id="simulated", markup=False)
        self._told, self._clock = Static(id="link", markup=False), Static(id="clock", markup=False)
        super().__init__(self._title, self._simulated, self._told, self._clock, id=id)

    def show(self, words: Words, moments: Moments, link: Link, simulated: bool, now_ms: int) -> None:
        """Draw it anew."""
        self._title.update(Content(words("title")))
        self._simulated.update(Content(words("simulated")))
        self._simulated.display = simulated
        self._told.update(Content(self._link(words, moments, link)))
        self.set_class(bool(link.why), "-lost")
        self._clock.update(Content(f"{moments.clock(now_ms)} {moments.zone(now_ms)}"))

    def _link(self, words: Words, moments: Moments, link: Link) -> str:
        if link.why:
            return f"✗ {words('link.lost', at=moments.minute(link.answered_ms))} ({link.why})"
        return f"✓ {words('link.behind', n=f'{link.behind:,}') if link.behind else words('link.answers')}"


class FiguresStrip(Horizontal):
    """How many alerts came of late, by kind."""

    def __init__(self, id: str) -> None:
        """Show nothing yet."""
        self._counts, self._title = Static(id="counts", markup=False), Static(id="bars-title", markup=False)
        self._bars = Sparkline([0], id="bars")
        super().__init__(self._counts, Vertical(self._bars, self._title, id="minutes"), id=id)

    def show(self, words: Words, figures: Figures, now_ms: int) -> None:
        """Draw it anew."""
        titles = [words("figures.rate"), words("figures.all")]
        titles += [words.code("kind", kind) for kind in figures.kinds]
        lines = [Content.styled(_figures("", titles), "$quiet")]
        for name, span_ms in (("figures.10min", TEN_MINUTES_MS), ("figures.hour", HOUR_MS)):
            counts = figures.last(span_ms, now_ms)
            rate = f"{counts.total() / (span_ms / 60_000):.1f}"
            cells = [rate, f"{counts.total():,}", *(f"{counts[kind]:,}" for kind in figures.kinds)]
            lines.append(Content.styled(_figures(words(name), cells), "bold"))
        self._counts.update(Content("\n").join(lines))
        minutes = figures.by_minute(now_ms)
        self._bars.data = minutes
        self._title.update(Content(words("figures.minutes", n=f"{max(minutes):,}")))


class Detail(VerticalScroll, can_focus=True):
    """All of one alert."""

    def __init__(self, id: str) -> None:
        """Show nothing yet."""
        self._facts = Static(id="facts", markup=False)
        super().__init__(self._facts, id=id)
        self._shown: tuple[Words, Moments, Entry] | None = None

    def show(self, words: Words, moments: Moments, entry: Entry | None) -> None:
        """Draw it anew, from its top where it is another alert."""
        if entry is None:
            self._shown = None
            self._facts.update(Content(words("detail.none")))
            return
        if self._shown is None or self._shown[2].alert.id != entry.alert.id:
            self.scroll_home(animate=False)
        self._shown = words, moments, entry
        self._draw()

    def on_resize(self) -> None:
        """Wrap the values anew."""
        self._draw()

    def _draw(self) -> None:
        if self._shown is not None:
            self._facts.update(Content("\n").join(self._lines(*self._shown)))

    def _lines(self, words: Words, moments: Moments, entry: Entry) -> Iterator[Content]:
        alert, spoken = entry.alert, entry.spoken
        kind = f"{words.code('kind', alert.kind)} {SEVERITY_SIGNS.get(alert.severity, '?')}"
        yield Content.styled(kind.strip(), f"bold ${weight(entry)}")
        if spoken is not None and spoken.prompt is not None:
            yield Content.styled(f"「{clean(spoken.prompt.text)}」", "bold")
        else:
            yield Content.styled(words("detail.no_sentence"), "$quiet")
        yield Content("")
        for name, value in facts.fields(entry, words, moments):
            yield from self._hanging(Content.styled(set_cell_size(name, NAME_CELLS), "$quiet"), Content(value))
        yield Content("")
        yield Content.styled(words("detail.states"), "bold")
        for state in facts.states(entry, words, moments):
            yield Content(state.heading)
            if state.more:
                yield from self._hanging(Content("  "), Content.styled(state.more, "$soft"))
        if entry.left_out:
            yield Content.styled(words("detail.left_out", n=entry.left_out), "$quiet")

    def _hanging(self, name: Content, value: Content) -> Iterator[Content]:
        """Yield the value behind its name, in as many lines as it needs, each as far in as the first."""
        lines = value.wrap(max(1, self.scrollable_content_region.width - name.cell_length - 1))  # clear of the bar
        for k, line in enumerate(lines):
            yield Content.assemble(name if k == 0 else " " * name.cell_length, line)


class KeyLine(Static):
    """The keys."""

    def show(self, words: Words, *, paused: bool, dark: bool) -> None:
        """Draw it anew."""
        named = {
            "key.pause": "key.resume" if paused else "key.pause",
            "help.theme": "key.light" if dark else "key.dark",
        }
        parts = [("j/k", words("key.move"))]
        parts += [(key.shown, words(named.get(key.word, key.word))) for key in KEYS if key.at_bottom]
        told = [Content.assemble((f" {key} ", "bold $primary"), (word, "$soft")) for key, word in parts]
        self.update(Content(" ").join(told))


def _figures(name: str, cells: list[str]) -> str:
    """Return a line of right-aligned cells."""
    return set_cell_size(name, SPAN_CELLS) + "".join(" " * max(1, FIGURE_CELLS - cell_len(one)) + one for one in cells)
