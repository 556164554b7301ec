"""The terminal as a whole: receiver -> clock -> screen and rules -> disk -> voice, display and uplink, once a second.

One thread does all of it in turn; the voice, the panels and the look for newer segments have threads of their own.
"""

from __future__ import annotations

import queue
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Final

from alerts.engine import Records
from alerts.record import encode
from alerts.voice import Voice
from forewarn.terminal import lean, logs, warming
from forewarn.terminal.config import Config, state_folder, token
from forewarn.terminal.display import Board, Display
from forewarn.terminal.event_clock import BELIEVED, SET_BACK, EventClock
from forewarn.terminal.gps_watch import GpsWatch
from forewarn.terminal.keeping import Keeper, Pending
from forewarn.terminal.pulling import Server
from forewarn.terminal.segments import Puller, Shelf
from forewarn.terminal.showing import Showing
from forewarn.terminal.speaking import Speaking
from forewarn.terminal.starting import begun, check, marks_of, note_marks, reporting
from forewarn.terminal.supervised import Supervisor
from forewarn.terminal.uplink import NoUplink, Text, Uplink
from ingest.gnss import RECEIVERS, Fix, Receiver

TURN_S: Final = 1.0
"""Longest time from one look at everything that is no fix to the next, s."""
RHYTHM_MS: Final = 900
"""Fixes closer together than this are passed over: receivers may give ten a second, the rules want one."""
LAST_WORD_S: Final = 20.0
"""How long the last prompts may take when a file has been driven to its end, s."""
TELL_S: Final = 600.0
"""Seconds from one log of what was counted to the next."""


class Terminal:
    """One terminal, from its start to its end."""

    def __init__(self, config: Config, uplink: Uplink | None = None) -> None:
        """Load all that is needed. Raises BadConfigError, ProfileError, SegmentFileError; each names what is wrong."""
        self._config = config
        self._supervisor = Supervisor()
        self._ended = threading.Event()
        self._texts: queue.SimpleQueue[Text] = queue.SimpleQueue()
        self.counts: Counter[str] = Counter()
        """Fixes that were not judged, by reason; the receiver and the screen count their own."""
        folder = state_folder(config)
        secret = token(config.segments)
        self._keeper = Keeper(folder, lambda event, why: logs.warn(event, why=why), config.state.keep_records)
        check(config, self._keeper)
        self._lean = warming.compiled(logs.info, self._supervisor.longer)
        warming.warm_up(config.vehicle, self._let_go)
        self._let_go()
        self._shelf = Shelf(folder)
        self.judging, newest_ms = begun(config, self._keeper, self._shelf)
        receiver = config.receiver
        self._paced = receiver.kind == "file" and Path(receiver.address).is_file()
        self._clock = EventClock(steady=not self._paced or receiver.pace == 1.0)
        if newest_ms is not None:
            self._clock.seed(newest_ms)
        self._judged_ms = newest_ms or 0
        self._receiver = Receiver(RECEIVERS[receiver.kind], receiver.address, receiver.baud)
        self._queue: deque[Fix] = deque()
        self._origin: tuple[int, float] | None = None
        self._reporting = reporting(config.gateway, self._keeper, self.say, lambda: self.voice.player is not None)
        self._uplink = uplink or self._reporting or NoUplink()
        self._speaking = Speaking(self._keeper, self._clock, self.judging.language, self._uplink.said)
        self.voice = Voice.open(
            [self.judging.language],
            player=config.voice.player,
            sink=self._speaking.settled,
            begins=self._speaking.begins,
        )
        self._speaking.voice = self.voice
        paused = self._keeper.fact("paused_in_boot") == _boot()
        self._watch = GpsWatch(receiver.lost_after_s, time.monotonic(), paused=paused)
        self.board = Board()
        self.display = Display(config.display.address, self.board) if config.display.address else None
        self._showing = Showing(self.board, config.display.night, self.judging)
        self._puller = self._pulling(secret)
        self._kept_s = self._told_s = time.monotonic()
        self._unkept = False
        self._let_go(settle=True)

    def _pulling(self, secret: str | None) -> Puller | None:
        given = self._config.segments
        if given.url is None:
            return None
        server = Server(
            given.url,
            timeout_s=given.timeout_s,
            most_bytes=round(given.most_mb * 1e6),
            token=secret,
            ca_file=given.ca_file,
        )
        marks = marks_of(self._keeper, given.url)
        version = self.judging.segments.version
        return Puller(server.fetch, marks, self._shelf, self.judging.template, logs.warn, given.every_s, version)

    def stop(self, *_: Any) -> None:
        """End in order, and soon; from any thread or a signal."""
        self._ended.set()

    def say(self, text: Text) -> None:
        """Speak a text from outside, from any thread: through the same queue as the terminal's own prompts."""
        self._texts.put(text)

    def run(self) -> None:
        """Run until asked to end, or until a file has been driven to its end."""
        if self._puller is not None:
            self._puller.start()
        if self._reporting is not None:
            self._reporting.start()
        self._supervisor.ready()
        logs.info(
            "started",
            vehicle=self._config.vehicle.name,
            receiver=self._config.receiver.kind,
            segments=len(self.judging.segments),
            version=self.judging.segments.version,
            voice=self.voice.voices.get(self.judging.language),
            player=self.voice.player,
            memory_mb=round(lean.resident_mb()),
        )
        try:
            while not self._ended.is_set() and not (self._receiver.ended and not self._queue):
                self._take()
                self._turn()
            if not self._ended.is_set():
                self.voice.drain(LAST_WORD_S)
        finally:
            self._close()

    def _take(self) -> None:
        """Wait for fixes, a second at most, and judge those that are due."""
        if not self._queue:
            self._queue.extend(self._receiver.read(TURN_S))
        while self._queue:
            wait_s = self._due_in_s(self._queue[0])
            if wait_s > 0.0:
                self._ended.wait(min(wait_s, TURN_S))
                return
            self._fix(self._queue.popleft())

    def _due_in_s(self, fix: Fix) -> float:
        """Return how long a fix of a file has to wait for its time."""
        pace = self._config.receiver.pace
        if not self._paced or pace == 0.0:
            return 0.0
        if self._origin is None:
            self._origin = (fix.time_ms, time.monotonic())
        begin_ms, begin_s = self._origin
        return begin_s + (fix.time_ms - begin_ms) / 1000.0 / pace - time.monotonic()

    def _fix(self, fix: Fix) -> None:
        now_s = time.monotonic()
        verdict = self._clock.take(fix.time_ms, now_s)
        if verdict == SET_BACK:
            logs.warn("clock_set_back", why="the receiver tells an earlier time than before; begun anew")
            self.judging.begin()
            self._judged_ms = 0
        elif verdict != BELIEVED:
            self.counts[verdict] += 1
            return
        self._watch.fix(now_s)
        if fix.time_ms - self._judged_ms < RHYTHM_MS:
            self.counts["thinned"] += 1
            return
        self._speaking.resume()
        self._judged_ms = fix.time_ms
        accepted, records = self.judging.step(fix, max(fix.time_ms, self._clock.event_ms(now_s)))
        self._unkept = True
        self._out(records)
        if len(accepted):
            self._uplink.position(accepted)
            self._showing.drove(self.judging.view(accepted), accepted)

    def _out(self, records: Records) -> None:
        """Write what came of a fix, with the state that it came from, and only then say it."""
        prompts = self._speaking.pending(records.alerts)
        if records.alerts or records.passages:
            self._keep(records, prompts)
        self._speaking.alerts(records.alerts, prompts)
        for prompt in prompts:
            logs.info("prompt", text=prompt.text, priority=prompt.priority, alert=prompt.alert_id)

    def _keep(self, records: Records | None = None, prompts: Iterable[Pending] = ()) -> None:
        written = []
        if records is not None:
            written += [("alert", encode(alert)) for alert in records.alerts]
            written += [("passage", encode(passage)) for passage in records.passages]
        version = self.judging.segments.version
        self._keeper.keep(self._judged_ms, self.judging.saved(), written, prompts, segments=version)
        self._kept_s = time.monotonic()
        self._unkept = False

    def _turn(self) -> None:
        """Look at all that is no fix."""
        now_s = time.monotonic()
        while not self._texts.empty() and self._clock.known:
            self._speaking.text(self._texts.get())
        what = self._watch.turn(now_s)
        if what is not None:
            logs.warn(f"position_{what}", receiver=self._receiver.fault, silent_s=round(self._watch.silent_s(now_s)))
            self._keeper.note(paused_in_boot=_boot() if what == "lost" else None)
            self._speaking.position(what)
        if self._puller is not None:
            self._swap(self._puller)
        if self._unkept and now_s >= self._kept_s + self._config.state.every_s:
            self._keep()
        self._speaking.write()
        self._showing.turn(
            paused=self._watch.paused,
            satellites=self._receiver.satellites,
            said=self._speaking.last,
            sound=self.voice.player is not None,
            stored=self._keeper.fault is None,
        )
        if now_s >= self._told_s + TELL_S:
            self._told_s = now_s
            self._tell()
        self._supervisor.alive("warnings are paused: no position" if self._watch.paused else "watching the road")

    def _swap(self, puller: Puller) -> None:
        before = set()
        while not puller.newer.empty():
            newer = puller.newer.get()
            if newer.template is not None:
                before.add(self.judging.segments.version)
                self._out(self.judging.swap(newer.template))
                self._keep()
                logs.info("segments_swapped", version=newer.version, segments=len(self.judging.segments))
                self._let_go(settle=True)
            note_marks(self._keeper, self._config.segments.url or "", newer.marks)
        for version in before - {self.judging.segments.version}:
            self._shelf.drop(version)  # no state is over it any more

    def _let_go(self, *, settle: bool = False) -> None:
        """Give memory back, unless something may yet have to be compiled."""
        if self._lean:
            lean.settle() if settle else lean.let_go()

    def _tell(self) -> None:
        """Log what was counted."""
        logs.info(
            "counted",
            receiver=dict(self._receiver.counts),
            screen=dict(self.judging.screen.counts),
            passed_over=dict(self.counts),
            voice=dict(self.voice.counts),
            memory_mb=round(lean.resident_mb()),
        )

    def _close(self) -> None:
        """End in order."""
        self._supervisor.stopping()
        closing: list[Callable[[], Any]] = [self.voice.close, self._speaking.write]
        if self._unkept:
            closing.insert(0, self._keep)
        if self._reporting is not None:
            closing.append(self._reporting.close)
        if self._puller is not None:
            closing.append(self._puller.close)
        if self.display is not None:
            closing.append(self.display.close)
        for step in (*closing, self._receiver.close, self._tell, self._keeper.close):
            step()
        logs.info("ended")


def _boot() -> str:
    """Return what tells this run of the machine from others."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
    except OSError:
        return "unknown"
