"""The player of last resort, a process of its own that can be killed at once: plays one WAV file with miniaudio."""

from __future__ import annotations

import sys
import time

import miniaudio

TAIL_S = 0.15
"""What the device still holds when the last sample was handed over."""


def main() -> None:
    """Play the file named in argv[1]; ends with an error where there is no device."""
    path = sys.argv[1]
    info = miniaudio.wav_get_file_info(path)
    stream = miniaudio.stream_file(path, sample_rate=info.sample_rate, nchannels=info.nchannels)
    try:
        with miniaudio.PlaybackDevice(sample_rate=info.sample_rate, nchannels=info.nchannels) as device:
            device.start(stream)
            time.sleep(info.duration + TAIL_S)
    except miniaudio.MiniaudioError as error:
        sys.exit(f"no sound device: {error}")


if __name__ == "__main__":
    main()
