"""0x1202 a position as it comes, lower to upper platform; no answer. The data are told in ``block``."""

from __future__ import annotations

from typing import Final

from ingest.jt809.block import BLOCK, BLOCK_2019

ID: Final = 0x1202
NAME: Final = "position"
LAYOUT: Final = BLOCK
LAYOUTS: Final = {2019: BLOCK_2019}
