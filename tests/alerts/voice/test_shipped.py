"""The packs that come with the package: whole, even, short enough, and made of what they say."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from alerts.prompts import LANGUAGES, speech_s
from alerts.prompts.phrases import phrases
from alerts.voice.joining import LEVEL_DBFS, joined_s, level_dbfs, tone_s
from alerts.voice.pack import Pack, shipped
from alerts.voice.tiling import PAUSE, tile
from forewarn.recording.drawn import drawn
from forewarn.recording.kokoro import VOICES
from forewarn.recording.models import KOKORO
from tests.alerts.prompts.cases import spoken

MOST_MB = 6.0


@pytest.fixture(params=LANGUAGES)
def pack(request: pytest.FixtureRequest) -> Iterator[Pack]:
    """The pack of each language."""
    opened = Pack(shipped(request.param))
    yield opened
    opened.close()


def test_it_holds_every_phrase_and_no_other(pack: Pack) -> None:
    """Of a few megabytes; a wording that changes asks for `forewarn voice render`."""
    assert set(pack.phrases) == set(phrases(pack.language))
    assert pack.path.stat().st_size < MOST_MB * 1e6


def test_it_says_what_it_was_made_of(pack: Pack) -> None:
    """A voice and a model whose files are pinned, under a licence that lets it be passed on."""
    manifest = pack.manifest
    assert VOICES[manifest.voice] == (pack.language, manifest.voice_sha256)
    assert manifest.model_sha256 == KOKORO.sha256
    assert manifest.licence == "Apache-2.0"


def test_every_phrase_sounds_as_loud_and_as_long_as_it_should(pack: Pack) -> None:
    """None is empty, cut off or louder than the rest, and none lasts longer than its words may."""
    for text, phrase in pack.phrases.items():
        samples = pack.samples([text])
        assert level_dbfs(samples, pack.manifest.rate_hz) == pytest.approx(LEVEL_DBFS, abs=1.5), text
        assert len(samples) / pack.manifest.rate_hz == pytest.approx(phrase.seconds, abs=0.02), text
        units = LANGUAGES[pack.language].units(text)
        assert 0.09 * units < phrase.seconds <= speech_s(pack.language, text), text


def test_every_sentence_fits_into_the_seconds_that_the_lead_allows(pack: Pack) -> None:
    """Over all that the tables hold, the attention tone included where it sounds."""
    sharper = {text: facts.form == "sharper" for facts, text in spoken(pack.language)}
    late = [
        (text, round(lasts, 2))
        for text, tone in (sharper | dict.fromkeys(drawn(pack.language, 2000, 6), False)).items()
        if (lasts := length_s(pack, text, tone=tone)) > speech_s(pack.language, text)
    ]
    assert late == []


def length_s(pack: Pack, text: str, *, tone: bool) -> float:
    """Return how long a sentence sounds, s."""
    tiles = tile(pack.language, text, pack.phrases)  # the tables' sentences need not be read first
    assert tiles is not None, text
    return (tone_s() if tone else 0.0) + joined_s(
        None if text == PAUSE else pack.phrases[text].seconds for text in tiles
    )
