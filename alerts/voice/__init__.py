"""Sentences to sound: a synthesiser and a player that cannot hang the caller, and one queue that speaks in order.

On Linux it works after ``pip install`` alone, with the wheel's espeak-ng. macOS (NSSpeechSynthesizer) and Windows
(SAPI5) take the same path through pyttsx3; that was written from their drivers' source and not run.
"""

from alerts.voice.clips import Clip
from alerts.voice.errors import NoVoiceError, PackError, PlayerError, SynthesisError, VoiceError
from alerts.voice.queue import OUTCOMES, Outcome, Prompt
from alerts.voice.speaker import Voice
from alerts.voice.wav import WavInfo
from alerts.voice.writing import write_wav

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
