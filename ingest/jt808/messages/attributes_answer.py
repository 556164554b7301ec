"""0x0107 attributes of a terminal, terminal to platform: answers 0x8107.

                  2013  2019
WORD    kind: 0 passengers, 1 dangerous goods, 2 freight, 3 taxi, 6 hard disk, 7 in two parts, 8 trailer (2019)
BYTE[]  maker        5     5
BYTE[]  model       20    30
BYTE[]  terminal id  7    30
BCD[10] ICCID of the SIM card
BYTE, STRING  length, version of the hardware
BYTE, STRING  length, version of the firmware
BYTE    GNSS: 0 GPS, 1 BeiDou, 2 GLONASS, 3 Galileo
BYTE    network: 0 GPRS, 1 CDMA, 2 TD-SCDMA, 3 WCDMA, 4 CDMA2000, 5 TD-LTE, 7 another
"""

from __future__ import annotations

from typing import Any, Final

import construct as c

from ingest.jt808.fields import BYTE, WORD, Bits, counted_text, raw, text

ID: Final = 0x0107
NAME: Final = "attributes_answer"
KINDS: Final = {
    0: "passengers",
    1: "dangerous_goods",
    2: "freight",
    3: "taxi",
    6: "hard_disk",
    7: "in_two_parts",
    8: "trailer",
}
SYSTEMS: Final = {0: "gps", 1: "beidou", 2: "glonass", 3: "galileo"}
NETWORKS: Final = {0: "gprs", 1: "cdma", 2: "td_scdma", 3: "wcdma", 4: "cdma2000", 5: "td_lte", 7: "other"}


def _layout(model: int, terminal: int) -> Any:
    return c.Struct(
        "terminal_kind" / Bits(WORD, KINDS),
        "maker_id" / text(5),
        "terminal_model" / text(model),
        "terminal_id" / text(terminal),
        "iccid" / raw(10),
        "hardware_version" / counted_text(BYTE),
        "firmware_version" / counted_text(BYTE),
        "gnss_systems" / Bits(BYTE, SYSTEMS),
        "networks" / Bits(BYTE, NETWORKS),
    )


LAYOUT: Final = _layout(20, 7)
LAYOUTS: Final = {2019: _layout(30, 30)}
