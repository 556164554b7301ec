"""What can go wrong with a voice: no voice, no sound, a sentence that did not become one."""


class VoiceError(Exception):
    """Anything that keeps a sentence from being heard; its text says what and where."""


class NoVoiceError(VoiceError):
    """No voice that really reads the language is installed."""


class SynthesisError(VoiceError):
    """The synthesiser gave no usable sound for a text, not even at the second try."""


class PlayerError(VoiceError):
    """No player, no device, or the player failed."""


class PackError(VoiceError):
    """A clip pack, or a phrase in it, cannot be read."""
