"""A real page of the console in a real Chromium: when rows appear, what its main thread does, what it holds in memory.

Only the row's first appearance counts: a MutationObserver sees it enter the document, and the first task behind the
next frame tells that it was drawn. Both are moments of the page's own clock, which is the machine's (``skew_ms``).
"""

from __future__ import annotations

import os
import shutil
import time
from collections import Counter, defaultdict
from pathlib import Path
from types import TracebackType
from typing import Any, Final, NamedTuple

from playwright.sync_api import sync_playwright

CHROMIUM: Final = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
BY_SOFTWARE: Final = (
    "--no-sandbox",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--disable-gpu-compositing",
    "--disable-gpu-rasterization",
)
WATCH: Final = """
(() => {
  const seen = new Set();
  const told = { rows: [], tasks: [], frames: 0, resyncs: 0 };
  window.benchTold = () => { const now = { ...told }; told.rows = []; told.tasks = []; return now; };
  const clock = () => performance.timeOrigin + performance.now();
  const look = (element) => {
    const id = element.dataset?.alarm;
    if (id === undefined || seen.has(id)) return;
    seen.add(id);
    const row = { id, at: clock(), drawn: null, priority: [...element.classList].find((one) => /^p\\d$/.test(one)),
      vehicle: element.querySelector(".vehicle b")?.textContent };
    told.rows.push(row);
    requestAnimationFrame(() => {
      const behind = new MessageChannel();
      behind.port1.onmessage = () => { row.drawn = clock(); };
      behind.port2.postMessage(null);
    });
  };
  new MutationObserver((changes) => {
    for (const { target, addedNodes } of changes) {
      look(target);
      for (const node of addedNodes) {
        if (node.nodeType !== 1) continue;
        look(node);
        for (const one of node.querySelectorAll("[data-alarm]")) look(one);
      }
    }
  }).observe(document, { subtree: true, childList: true, attributes: true, attributeFilter: ["data-alarm"] });
  new PerformanceObserver((list) => {
    for (const one of list.getEntries()) {
      told.tasks.push([one.duration, one.blockingDuration, (one.scripts ?? []).map((s) => [s.invoker, s.duration])]);
    }
  }).observe({ type: "long-animation-frame" });
})();
"""


class Held(NamedTuple):
    """What the page holds after garbage was collected."""

    heap_mb: float
    nodes: int
    listeners: int
    renderer_mb: float


class Row(NamedTuple):
    """A row that appeared; epoch milliseconds."""

    id: str
    vehicle: str
    priority: str
    at_ms: float
    drawn_ms: float | None


class Page:
    """One open page; a context manager."""

    def __init__(self, address: str, name: str, password: str, *, with_map: bool = True, tabs: int = 1) -> None:
        """Open Chromium and log in; ``tabs`` is how many pages are open, of which the first is in front."""
        self._play = sync_playwright().start()
        self._browser = self._play.chromium.launch(executable_path=CHROMIUM, args=list(BY_SOFTWARE))
        self._of_browser = self._browser.new_browser_cdp_session()
        context = self._browser.new_context(locale="en", viewport={"width": 1280, "height": 800})
        context.add_init_script('localStorage.setItem("forewarn.language", "en")')
        context.add_init_script(f'localStorage.setItem("forewarn.map", "{"yes" if with_map else "no"}")')
        context.add_init_script(WATCH)
        answer = context.request.post(f"{address}/api/login", data={"name": name, "password": password})
        assert answer.ok, answer.text()
        self.errors: list[str] = []
        self.pages = [context.new_page() for _ in range(tabs)]
        for page in self.pages:
            page.on("pageerror", lambda error: self.errors.append(str(error)))
            page.goto(address)
            page.locator("[data-link=live]").wait_for(timeout=60_000)
            if with_map:
                page.locator(".maplibregl-canvas").wait_for(timeout=60_000)
        self._as_a_user_runs_it()
        self.page = self.pages[0]
        self.page.bring_to_front()
        self.page.evaluate("benchTold()")
        self._cdp = context.new_cdp_session(self.page)
        self._cdp.send("Performance.enable")
        self.rows: list[Row] = []
        self.frames_ms: list[float] = []
        """Frames that took over 50 ms, and how long each."""
        self.by_script: Counter[str] = Counter()
        """Milliseconds of those frames, by what began their scripts."""

    def __enter__(self) -> Page:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._browser.close()
        self._play.stop()

    def watch(self, seconds: float) -> None:
        """Let it run for so long, and note what appears."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            self.page.wait_for_timeout(min(2000.0, 1000.0 * left))
            self._note()

    def _note(self) -> None:
        told = self.page.evaluate("benchTold()")
        for one in told["rows"]:
            self.rows.append(Row(one["id"], one["vehicle"], one["priority"], one["at"], one["drawn"]))
        for duration, _, scripts in told["tasks"]:
            self.frames_ms.append(duration)
            for invoker, ms in scripts:
                self.by_script[invoker] += round(ms)

    def skew_ms(self) -> tuple[float, float]:
        """Return the least and the most by which the page's clock may be before this process's, ms."""
        bounds = []
        for _ in range(20):
            before = time.time() * 1000
            there = self.page.evaluate("performance.timeOrigin + performance.now()")
            bounds.append((there - time.time() * 1000, there - before))
        return max(low for low, _ in bounds), min(high for _, high in bounds)

    def held(self) -> Held:
        """Collect garbage and return what is left."""
        for _ in range(2):
            self._cdp.send("HeapProfiler.collectGarbage")
        told = {one["name"]: one["value"] for one in self._cdp.send("Performance.getMetrics")["metrics"]}
        renderers = [one["id"] for one in self._processes() if one["type"] == "renderer"]
        from console_process import memory_mb

        return Held(
            told["JSHeapUsedSize"] / 2**20,
            int(told["Nodes"]),
            int(told["JSEventListeners"]),
            max(memory_mb(pid) for pid in renderers),
        )

    def cpu_s(self) -> dict[str, float]:
        """Return the CPU seconds of the browser's processes by type; the one that draws by software is ``GPU``."""
        found: defaultdict[str, float] = defaultdict(float)
        for one in self._processes():
            found[one["type"]] += one["cpuTime"]
        return dict(found)

    def _as_a_user_runs_it(self) -> None:
        """Take back the precedence that Chromium gives its drawing where root runs it; nobody else's has it."""
        for one in self._processes():
            for thread in Path(f"/proc/{one['id']}/task").iterdir():
                if os.getpriority(os.PRIO_PROCESS, int(thread.name)) < 0:
                    os.setpriority(os.PRIO_PROCESS, int(thread.name), 0)

    def _processes(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self._of_browser.send("SystemInfo.getProcessInfo")["processInfo"]
        return found

    def profile(self, seconds: float) -> list[tuple[float, str]]:
        """Return milliseconds by function of the page's main thread, the most first."""
        self._cdp.send("Profiler.enable")
        self._cdp.send("Profiler.setSamplingInterval", {"interval": 500})
        self._cdp.send("Profiler.start")
        self.watch(seconds)
        profile = self._cdp.send("Profiler.stop")["profile"]
        name = {}
        for node in profile["nodes"]:
            frame = node["callFrame"]
            file = frame["url"].rsplit("/", 1)[-1]
            name[node["id"]] = f"{frame['functionName'] or '(anonymous)'} {file}:{frame['lineNumber'] + 1}"
        spent: Counter[str] = Counter()
        for id, micros in zip(profile["samples"], profile["timeDeltas"], strict=True):
            spent[name[id]] += micros
        return [(micros / 1000, what) for what, micros in spent.most_common(30)]
