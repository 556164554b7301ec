"""0x9203 such positions of a time without link, upper to lower platform; no answer. Its data are those of 0x1203."""

from __future__ import annotations

from typing import Final

from ingest.jt809.block import HISTORY, HISTORY_2019

ID: Final = 0x9203
NAME: Final = "exchanged_history"
LAYOUT: Final = HISTORY
LAYOUTS: Final = {2019: HISTORY_2019}
