"""Sentences to sound: a synthesiser and a player that cannot hang the caller, and one queue that speaks in order.

On Linux it works after ``pip install`` alone, with the wheel's espeak-ng. macOS (NSSpeechSynthesizer) and Windows
(SAPI5) take the same path through pyttsx3; that was written from their drivers' source and not run.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from alerts.voice.clips import Clip
    from alerts.voice.errors import NoVoiceError, PackError, PlayerError, SynthesisError, VoiceError
    from alerts.voice.queue import OUTCOMES, Outcome, Prompt
    from alerts.voice.speaker import Voice
    from alerts.voice.wav import WavInfo
    from alerts.voice.writing import write_wav

_HOMES: Final = {
    "Clip": "clips",
    "NoVoiceError": "errors",
    "OUTCOMES": "queue",
    "Outcome": "queue",
    "PackError": "errors",
    "PlayerError": "errors",
    "Prompt": "queue",
    "SynthesisError": "errors",
    "Voice": "speaker",
    "VoiceError": "errors",
    "WavInfo": "wav",
    "write_wav": "writing",
}
"""Name to module: imported when asked for, since the child processes of this package need none of it (25 MB each)."""

__all__ = [
    "OUTCOMES",
    "Clip",
    "NoVoiceError",
    "Outcome",
    "PackError",
    "PlayerError",
    "Prompt",
    "SynthesisError",
    "Voice",
    "VoiceError",
    "WavInfo",
    "write_wav",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
