"""The page of sample prompts: what it shows can be heard."""

from __future__ import annotations

import html
import re
from pathlib import Path

import pytest
import soundfile

from alerts.voice.clips import Clips

PAGE = Path(__file__).parents[2] / "docs" / "voice" / "index.html"
FIGURE = re.compile(r'<figure lang="(\w+)"><span class="words">([^<]+)</span>\s*<audio[^>]* src="([^"]+)"></audio>')


def test_six_prompts_in_both_languages_can_be_heard() -> None:
    """Each sound lasts as long as the sentence beside it, tone included, by the packs that are shipped."""
    figures = FIGURE.findall(PAGE.read_text(encoding="utf-8"))
    assert [language for language, _, _ in figures] == ["zh", "zh", "zh", "en", "en", "en"]
    clips = Clips(["zh", "en"])
    for language, words, name in figures:
        samples, rate_hz = soundfile.read(PAGE.parent / name)
        text = html.unescape(words)
        lengths = [clips.clip(text, language, attention=tone).info.duration_s for tone in (False, True)]
        assert clips.recorded(text, language)
        assert min(abs(len(samples) / rate_hz - length) for length in lengths) < 0.15
        assert float(abs(samples).max()) == pytest.approx(0.5, abs=0.49)
    clips.close()
