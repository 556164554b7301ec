"""0x0A00 public RSA key, terminal to platform.

DWORD      exponent
BYTE[128]  modulus
"""

from __future__ import annotations

from typing import Final

import construct as c

from ingest.jt808.fields import DWORD, raw

ID: Final = 0x0A00
NAME: Final = "terminal_key"
LAYOUT: Final = c.Struct("exponent" / DWORD, "modulus" / raw(128))
