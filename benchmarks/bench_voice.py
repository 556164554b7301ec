"""How fast and how surely the voice speaks, on a sound server of its own; how well it is understood.

From due to the first sound, from an urgent prompt to the silence of the one it cuts, 10,000 prompts through the real
synthesiser, and, where the extra ``listen`` is installed, a recogniser's error of the shipped packs.

Usage: python benchmarks/bench_voice.py [PROMPTS]
"""

from __future__ import annotations

import random
import resource
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict
from pathlib import Path

import numpy as np
from machine import machine
from null_sink import Recorder, find, null_sink

from alerts.voice import Outcome, Prompt, Voice
from alerts.voice.clips import Clips
from alerts.voice.player import Player
from alerts.voice.wav import measure
from forewarn.recording.check import listen
from forewarn.recording.drawn import drawn
from forewarn.recording.models import MissingError
from forewarn.recording.recogniser import NAME, Recogniser

TRIALS = 25
SHORT = 15
"""Characters of a sentence at most, where only its beginning matters."""
FIRST_SOUND_MS = {"recorded": 50.0, "synthesised": 100.0}
"""Goals: median from due to first sound."""
CUT_MS, CUT_P99_MS = 50.0, 100.0
"""Goals: from an urgent prompt to the silence of what it cuts."""
PROMPTS = 10_000
DISTINCT = 400
SAME = 0.03
"""The same text at the same rate lasts the same; one that does not was spoken at another's rate."""
ERROR = 0.02
"""Goal: misheard units of the shipped packs."""
SENTENCES, SEED, NOISE_DB = 200, 1, 10.0
LONG = "前方四百米出口匝道，驶出请减速到四十"


def main(prompts: int) -> None:
    """Print machine, figures and goals."""
    print(machine())
    with tempfile.TemporaryDirectory() as folder, null_sink(Path(folder)):
        for kind in FIRST_SOUND_MS:
            first_sound(kind)
        cutting()
    endurance(prompts)
    for language in ("zh", "en"):
        understood(language)


def clips_of(kind: str, language: str = "zh") -> Clips:
    """Return clips of one kind of voice only."""
    return Clips([language]) if kind == "recorded" else Clips([language], find_pack=lambda _: None)


def first_sound(kind: str) -> None:
    """Print how long after they are due prompts are heard: due at once, and rendered beforehand."""
    clips, outcomes = clips_of(kind), []
    voice = Voice(clips, Player, outcomes.append)
    recorder = Recorder()
    asked: dict[str, tuple[float, bool]] = {}
    for number, text in enumerate([text for text in drawn("zh", 1000, 3) if len(text) <= SHORT][: 2 * TRIALS]):
        ahead = number % 2 == 1
        due_s = time.monotonic() + (0.5 if ahead else 0.0)
        asked[text] = (due_s, ahead)
        voice.say(Prompt(text, "zh", 3, due_s))
        recorder.wait_for_sound(recorder.now())
        voice.drain(30.0)
    paths = {text: clips.clip(text, "zh").path for text in asked}
    heard = recorder.stop()
    late: dict[bool, list[float]] = {False: [], True: []}
    for text, (due_s, ahead) in asked.items():
        likeness, at = find(heard, paths[text])
        assert likeness > 0.9, (text, likeness)
        late[ahead].append(1000.0 * (recorder.at_s(at) - due_s))
    voice.close()
    assert all(o.outcome == "spoken" for o in outcomes)
    for ahead, said in ((False, "said when due"), (True, "said half a second before")):
        print(f"{kind}, {said}: due to first sound {told(late[ahead])} ms; median goal {FIRST_SOUND_MS[kind]:.0f}")


def told(values: list[float]) -> str:
    """Return median and 99th percentile in words."""
    return f"median {np.median(values):.0f}, p99 {np.percentile(values, 99):.0f} of {len(values)}"


def cutting() -> None:
    """Print how long after an urgent prompt the lesser one is silent: at the latest when the urgent one is heard."""
    clips = clips_of("recorded")
    voice = Voice(clips, Player, cooldown_s=0.0)
    urgent = [text for text in drawn("zh", 400, 4) if text.startswith("车速过快")][:TRIALS]
    paths = {text: clips.clip(text, "zh", attention=True).path for text in urgent}
    lot = random.Random(1)
    late = []
    for text in urgent:
        recorder = Recorder()
        voice.say(Prompt(LONG, "zh", 4, expires_at_s=time.monotonic() + 0.3))
        recorder.wait_for_sound()
        time.sleep(0.3 + lot.random())
        asked_s = time.monotonic()
        voice.say(Prompt(text, "zh", 1))
        voice.drain(30.0)
        heard = recorder.stop()
        likeness, at = find(heard, paths[text])
        assert likeness > 0.9, (text, likeness)
        late.append(1000.0 * (recorder.at_s(at) - asked_s))
    voice.close()
    print(
        f"an urgent prompt is heard, the lesser one silent: {told(late)} ms; goals {CUT_MS:.0f}, p99 {CUT_P99_MS:.0f}"
    )


class NoSound:
    """What plays nothing: it notes how long each file is, and takes it away, so that the next is rendered again.

    A mock of the player, since 10,000 sentences last half a day.
    """

    name = "none"

    def __init__(self) -> None:
        self.lasted: dict[str, list[float]] = defaultdict(list)
        self.empty = 0

    def play(self, path: Path) -> NoSound:
        """Note one file."""
        info = measure(path)
        self.empty += info.frames == 0 or info.rms < 0.005
        self.lasted[path.name].append(info.duration_s)
        path.unlink()
        return self

    def wait(self, timeout_s: float) -> bool:  # noqa: ARG002  # a sound's signature
        """Say that it has ended."""
        return True

    def stop(self) -> None:
        """Nothing sounds."""


def endurance(prompts: int) -> None:
    """Print what became of many prompts in both languages through the real synthesiser."""
    player, outcomes, done = NoSound(), Counter(), threading.Semaphore(0)

    def settled(outcome: Outcome) -> None:
        outcomes[outcome.outcome] += 1
        done.release()

    clips = Clips(["zh", "en"], find_pack=lambda _: None)
    voice = Voice(clips, lambda: player, settled, cooldown_s=0.0)  # type: ignore[arg-type,return-value]
    texts = [(text, language) for language in ("zh", "en") for text in drawn(language, DISTINCT // 2, 7)]
    lot = random.Random(2)
    began = time.perf_counter()
    memory = []
    for number in range(prompts):
        text, language = lot.choice(texts)
        voice.say(Prompt(text, language, 3))
        done.acquire()  # one at a time: the next of the same text must not find the file of this one
        if number in (prompts // 10, prompts - 1):
            memory.append(memory_mb(clips))
    took_s = time.perf_counter() - began
    voice.close()
    lasted = player.lasted.values()
    odd = sum(abs(s - np.median(same)) > SAME * np.median(same) for same in lasted for s in same)
    print(
        f"{prompts:,} prompts through the synthesiser in {took_s:.0f} s: {dict(outcomes)}, {player.empty} empty, "
        f"{odd} misrated; memory after a tenth and at the end {memory[0]:.0f} and {memory[-1]:.0f} MB (all processes)"
    )


def memory_mb(clips: Clips) -> float:
    """Return the resident memory of this process and its synthesisers."""
    pids = ["self", *(str(s.pid) for s in clips.synthesisers.values())]
    pages = sum(int(Path(f"/proc/{pid}/statm").read_text().split()[1]) for pid in pids)
    return pages * resource.getpagesize() / 1e6


def understood(language: str) -> None:
    """Print a recogniser's error of the shipped pack, in silence and in a cab, and of the synthesiser beside it."""
    try:
        ear = Recogniser()
    except MissingError as error:
        print(f"understood, {language}: not measured: {error}")
        return
    texts = drawn(language, SENTENCES, SEED)
    for kind, noise_db, goal in (("recorded", None, ERROR), ("recorded", NOISE_DB, None), ("synthesised", None, None)):
        clips = clips_of(kind, language)
        found = listen(clips, ear, language, texts, noise_db)
        clips.close()
        where = "in silence" if noise_db is None else f"at {noise_db:.0f} dB of cab noise"
        told_goal = f"; goal {goal}, ratio {goal / max(found.error, 1e-9):.2f}" if goal else ""
        print(f"{NAME} mishears {found.error:.4f} of {language} {kind} {where} ({len(texts)} sentences){told_goal}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else PROMPTS)
