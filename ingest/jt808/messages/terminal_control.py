"""0x8105 control of a terminal, platform to terminal.

BYTE    command: 1 upgrade, 2 connect to another server, 3 off, 4 restart, 5 factory settings, 6 no data connection,
        7 no wireless connection at all
STRING  parameters of 1 and 2, parted by semicolons
"""

from __future__ import annotations

from typing import Final

import construct as c

from ingest.jt808.fields import BYTE, REST_TEXT, Named

ID: Final = 0x8105
NAME: Final = "terminal_control"
COMMANDS: Final = {
    1: "upgrade",
    2: "connect",
    3: "off",
    4: "restart",
    5: "factory_settings",
    6: "data_off",
    7: "wireless_off",
}
LAYOUT: Final = c.Struct("command" / Named(BYTE, COMMANDS), "parameter" / REST_TEXT)
