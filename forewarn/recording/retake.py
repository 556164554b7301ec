"""Listening to what was recorded, and recording anew what was not understood.

A phrase is heard in whole sentences, as a driver hears it, and each misheard unit is laid to the phrase that it lies
in. A phrase that was misheard is tried in all its takes, in sentences that hold it; the take that is heard best stays.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Final, Protocol

import msgspec
import numpy as np

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


class Hearing(msgspec.Struct, frozen=True):
    """A line of what was heard."""

    of: list[str]
    """The phrases of a sentence with their takes."""
    heard: str


class Listener:
    """Hears sentences of recorded phrases; the same phrases in the same takes once, also over interruptions."""

    def __init__(self, parts: Parts, ear: Hears) -> None:
        """Start with what was heard before of the same recordings."""
        self._parts = parts
        self._file = parts.folder / f"heard-{parts.by}.jsonl"
        self._known: dict[tuple[str, ...], str] = {}
        for line in self._file.read_bytes().splitlines() if self._file.exists() else ():
            try:
                one = msgspec.json.decode(line, type=Hearing)
            except msgspec.DecodeError:  # the line on which an interrupted run broke off
                continue
            self._known[tuple(one.of)] = one.heard
        self._ear = ear
        self._language = parts.speaker.language
        self._spoken: tuple[tuple[str, int], Samples] = (("", -1), np.zeros(0, np.float32))
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
                wrong = misheard(self._language, tiles, text, self._heard(tiles))
                for phrase in set(tiles) - {PAUSE}:
                    # where it was misheard, a better take shows
                    at = 0 if phrase in wrong else len(self._sentences[phrase])
                    self._sentences[phrase].insert(at, (text, tiles))
                    count[phrase] += wrong.get(phrase, 0)
                    times[phrase] += phrase in wrong
        often = [phrase for phrase, wrong in times.items() if 2 * wrong >= len(self._sentences[phrase]) and wrong]
        return {phrase: count[phrase] for phrase in sorted(often, key=lambda phrase: -count[phrase])}

    def _heard(self, tiles: list[str], phrase: str = "", take: int = -1) -> str:
        """Return what is heard of a sentence, one phrase of it by another take than it is recorded in."""
        takes = [take if t == phrase else -1 if t == PAUSE else self._parts.recorded[t].take for t in tiles]
        of = tuple(f"{t} {n}" for t, n in zip(tiles, takes, strict=True))
        if of not in self._known:
            sounds = [None if t == PAUSE else self._sound(t, n) for t, n in zip(tiles, takes, strict=True)]
            self._known[of] = self._ear.hear(joined(sounds, RATE_HZ), RATE_HZ, self._language)
            with self._file.open("ab") as file:
                file.write(b"\n" + msgspec.json.encode(Hearing(list(of), self._known[of])))
        return self._known[of]

    def _sound(self, phrase: str, take: int) -> Samples:
        """Return a phrase's sound by a take, spoken anew unless it is the one recorded, or the one spoken last."""
        if take == self._parts.recorded[phrase].take:
            return self._parts.kept(phrase)
        if self._spoken[0] != (phrase, take):
            self._spoken = ((phrase, take), self._parts.sound(phrase, take))
        return self._spoken[1]

    def retake(self, phrase: str) -> tuple[int, int]:
        """Try a phrase in every take that is short enough, keep the one heard best; return its errors before and after.

        Of equal ones the recording that is there stays, then the earlier take.
        """
        sentences = self._sentences[phrase][:MOST_SENTENCES]
        old = self._parts.recorded[phrase].take
        best, before = old, self._wrong(phrase, old, sentences)
        best_wrong = before
        for take in range(len(TAKES)):
            if best_wrong == 0:
                break
            if take == old:
                continue
            wrong = self._wrong(phrase, take, sentences)
            short = best_wrong > wrong and len(self._sound(phrase, take)) / RATE_HZ <= most_s(self._language, phrase)
            if short:
                best, best_wrong = take, wrong
        if best != old:
            self._parts.record(phrase, best)
        return before, best_wrong

    def _wrong(self, phrase: str, take: int, sentences: list[tuple[str, list[str]]]) -> int:
        """Return how many units of a phrase are misheard in all these sentences."""
        language = self._language
        return sum(
            misheard(language, tiles, text, self._heard(tiles, phrase, take)).get(phrase, 0)
            for text, tiles in sentences
        )
