"""Listening to what was recorded, and recording anew what was not understood.

A phrase is heard in whole sentences, as a driver hears it, and each misheard unit is laid to the phrase that it lies
in. A phrase that was misheard is tried in all its takes, in sentences that hold it; the take that is heard best stays.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Final, Protocol

from alerts.voice.joining import Samples, joined
from alerts.voice.tiling import PAUSE, tile
from forewarn.recording.kokoro import RATE_HZ, TAKES
from forewarn.recording.phrase import most_s
from forewarn.recording.recogniser import UNITS, compare
from forewarn.recording.render import Parts

MOST_SENTENCES: Final = 2
"""In how many sentences a take is heard."""


class Hears(Protocol):
    """What listens: ``Recogniser``, or a test's own."""

    def hear(self, samples: Samples, rate_hz: int, language: str) -> str:
        """Return the words of a sound."""


def misheard(language: str, tiles: list[str], text: str, heard: str) -> dict[str, int]:
    """Return how many misheard units lie in each phrase of a sentence; phrases without any are left out."""
    found: dict[str, int] = defaultdict(int)
    wrong = compare(language, text, heard).wrong
    begin = 0
    for phrase in tiles:
        end = begin + (len(UNITS[language](phrase)) if phrase != PAUSE else 0)
        count = sum(begin <= unit < end for unit in wrong)
        if count:
            found[phrase] += count
        begin = end
    return dict(found)


class Listener:
    """Hears sentences of recorded phrases."""

    def __init__(self, parts: Parts, ear: Hears) -> None:
        """Start with nothing heard."""
        self._parts = parts
        self._ear = ear
        self._language = parts.speaker.language
        self._sentences: dict[str, list[tuple[str, list[str]]]] = defaultdict(list)

    def doubtful(self, sentences: Iterable[str]) -> dict[str, int]:
        """Hear sentences; return the phrases that were misheard in half of theirs or more, the worst first.

        One that is mostly understood was misheard by chance, which no other take mends.
        """
        count: dict[str, int] = defaultdict(int)
        times: dict[str, int] = defaultdict(int)
        for text in sentences:
            tiles = tile(self._language, text, self._parts.recorded)
            if tiles is not None:
                wrong = misheard(self._language, tiles, text, self._heard(tiles, {}))
                for phrase in set(tiles) - {PAUSE}:
                    # where it was misheard, a better take shows
                    at = 0 if phrase in wrong else len(self._sentences[phrase])
                    self._sentences[phrase].insert(at, (text, tiles))
                    count[phrase] += wrong.get(phrase, 0)
                    times[phrase] += phrase in wrong
        often = [phrase for phrase, wrong in times.items() if 2 * wrong >= len(self._sentences[phrase]) and wrong]
        return {phrase: count[phrase] for phrase in sorted(often, key=lambda phrase: -count[phrase])}

    def _heard(self, tiles: list[str], instead: dict[str, Samples]) -> str:
        sounds = [None if t == PAUSE else instead[t] if t in instead else self._parts.kept(t) for t in tiles]
        return self._ear.hear(joined(sounds, RATE_HZ), RATE_HZ, self._language)

    def retake(self, phrase: str) -> tuple[int, int]:
        """Try a phrase in every take that is short enough, keep the one heard best; return its errors before and after.

        Of equal ones the recording that is there stays, then the earlier take.
        """
        sentences = self._sentences[phrase][:MOST_SENTENCES]
        old = self._parts.recorded[phrase].take
        best: tuple[int, Samples] | None = None
        before = best_wrong = self._wrong(phrase, self._parts.kept(phrase), sentences)
        for take in range(len(TAKES)):
            if best_wrong == 0:
                break
            if take == old:
                continue
            samples = self._parts.sound(phrase, take)
            if len(samples) / RATE_HZ > most_s(self._language, phrase):
                continue
            wrong = self._wrong(phrase, samples, sentences)
            if wrong < best_wrong:
                best, best_wrong = (take, samples), wrong
        if best is not None:
            self._parts.keep(phrase, *best)
        return before, best_wrong

    def _wrong(self, phrase: str, samples: Samples, sentences: list[tuple[str, list[str]]]) -> int:
        """Return how many units of a phrase are misheard in all these sentences."""
        language = self._language
        return sum(
            misheard(language, tiles, text, self._heard(tiles, {phrase: samples})).get(phrase, 0)
            for text, tiles in sentences
        )
