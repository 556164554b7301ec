"""Make the page of sample prompts: six sentences as a driver hears them, of the shipped packs, as MP3 beside it.

Usage: python docs/voice/make.py
"""

from __future__ import annotations

import html
from pathlib import Path

import soundfile

from alerts.prompts import sentence
from alerts.prompts.facts import Facts
from alerts.voice.clips import Clips
from alerts.voice.joining import read_wav

FOLDER = Path(__file__).parent
EXIT = ("ramp", "conditional", "exit")
SAMPLES = (
    ("zh", Facts(*EXIT, distance_m=400, limit_kmh=40), "远处的出口匝道，只对驶出的车辆"),
    ("zh", Facts("village_road", "conditional", None, 300), "村庄路段，只提示，不命令"),
    ("zh", Facts("ramp", "sharper", "exit", limit_kmh=40), "仍然过快：先响提示音"),
    ("en", Facts(*EXIT, distance_m=400, limit_kmh=40), "a ramp that one may pass by"),
    ("en", Facts("unsignalled_crossing", "plain", "level_crossing", 150), "a level crossing, an order"),
    ("en", Facts("fatigue", "episode", "reached", driven_s=14_400, rest_s=1200), "four hours at the wheel"),
)
"""Language, what it is about, a word on when it is said."""
HEAD = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Forewarn: six prompts to hear</title>
<style>
body { font: 16px/1.5 system-ui, sans-serif; max-width: 44rem; margin: 2rem auto; padding: 0 1rem; color: #1b1b1b }
figure { margin: 1.5rem 0 } audio { width: 100%; margin-top: .3rem }
.words { font-size: 1.25rem } figcaption { color: #555 }
</style>
<h1>Six prompts to hear <small>听六句提示</small></h1>
<p>What a driver hears, word for word, joined of the recorded phrases that come with the package. Mandarin by
<code>zm_yunyang</code>, English by <code>af_heart</code>, voices of Kokoro-82M (Apache-2.0).</p>
"""


def main() -> None:
    """Write the sounds and the page."""
    clips = Clips(["zh", "en"])
    parts = [HEAD]
    for number, (language, facts, when) in enumerate(SAMPLES, 1):
        text = sentence(language, facts)
        clip = clips.clip(text, language, attention=facts.form == "sharper")
        samples, rate_hz = read_wav(clip.path)
        name = f"{number}-{language}.mp3"
        soundfile.write(FOLDER / name, samples, rate_hz, format="MP3")
        parts.append(
            f'<figure lang="{language}"><span class="words">{html.escape(text)}</span>\n'
            f'<audio controls preload="none" src="{name}"></audio>\n'
            f"<figcaption>{html.escape(when)} ({clip.voice}, {clip.info.duration_s:.1f} s)</figcaption></figure>\n"
        )
    clips.close()
    (FOLDER / "index.html").write_text("".join(parts) + "</html>\n", encoding="utf-8")


if __name__ == "__main__":
    main()
