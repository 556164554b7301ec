"""0x9202 a position of another platform's vehicle, upper to lower platform; no answer. Its data are those of 0x1202."""

from __future__ import annotations

from typing import Final

from ingest.jt809.block import BLOCK, BLOCK_2019

ID: Final = 0x9202
NAME: Final = "exchanged_position"
LAYOUT: Final = BLOCK
LAYOUTS: Final = {2019: BLOCK_2019}
