"""0x1203 positions of a time without link, lower to upper platform; no answer.

BYTE  count, 5 at most by the standard
then each as in 0x1202
"""

from __future__ import annotations

from typing import Final

from ingest.jt809.block import HISTORY, HISTORY_2019

ID: Final = 0x1203
NAME: Final = "position_history"
LAYOUT: Final = HISTORY
LAYOUTS: Final = {2019: HISTORY_2019}
