"""Guess, without any network, in which country a map lies and which language its names are in."""

from __future__ import annotations

import re
from collections import Counter
from typing import Final

from geofence.mine.network import Network

HAN: Final = re.compile(r"[\u4e00-\u9fff]")
KANA: Final = re.compile(r"[\u3040-\u30ff]")
HANGUL: Final = re.compile(r"[\uac00-\ud7af]")
BOXES: Final = {
    "CN": ((73.5, 18.1, 134.8, 53.6),),
    "TW": ((119.9, 21.8, 122.1, 25.4),),
    "PT": ((-9.6, 36.9, -6.15, 42.2), (-31.4, 36.8, -24.9, 39.8), (-17.4, 32.3, -16.2, 33.2)),
    "ES": ((-9.4, 35.9, 3.4, 43.9), (-18.3, 27.5, -13.3, 29.5)),
    "FR": ((-5.2, 41.3, 9.6, 51.2),),
    "DE": ((5.8, 47.2, 15.1, 55.1),),
    "GB": ((-8.7, 49.8, 1.8, 60.9),),
    "US": ((-125.0, 24.4, -66.9, 49.4), (-179.2, 51.0, -129.9, 71.5), (-160.6, 18.8, -154.7, 22.3)),
}
"""West, south, east, north of countries with defaults of their own, degrees; boxes overlap, so names decide first."""
WORDS: Final = {
    "PT": re.compile(r"^(Rua|Avenida|Travessa|Estrada|Largo|Praça|Rotunda|Viela|Beco) "),
    "ES": re.compile(r"^(Calle|Avenida|Carretera|Plaza|Camino|Carrer|Paseo) "),
    "FR": re.compile(r"^(Rue|Avenue|Chemin|Route|Place|Impasse|Allée) ", re.IGNORECASE),
    "DE": re.compile(r"(straße|strasse|weg|platz|gasse|allee|ring)$", re.IGNORECASE),
    "US": re.compile(r" (Street|Avenue|Road|Drive|Boulevard|Lane|Court|Highway|Way)$"),
    "GB": re.compile(r" (Street|Road|Lane|Close|Avenue|Drive|Crescent)$"),
    "CN": re.compile(r"(路|街|道|高速|大道|公路|巷)$"),
    "TW": re.compile(r"(路|街|道|號|段|巷)$"),
}
"""Endings or beginnings of the names of roads."""
CLEAR_SHARE: Final = 0.25
"""Names speak for a country where at least this share of them fits."""
LEFT_DRIVING: Final = (
    "AG AU BB BD BN BS BT BW CY FJ GB GD GY HK ID IE IN JM JP KE KN LC LK LS MO MT MU MV MW"
    " MY MZ NA NP NZ PG PK SB SC SG SR SZ TH TO TT TZ UG VC WS ZA ZM ZW"
)
"""Countries that keep to the left."""


def guess_country(network: Network) -> str | None:
    """Return the ISO code of the country whose box holds the middle of the map and whose words its roads bear.

    Where the roads bear no names and one box alone holds the middle, it is that country; else None: unknown.
    """
    lon, lat = float(network.lon[network.vertex].mean()), float(network.lat[network.vertex].mean())
    inside = [code for code, boxes in BOXES.items() if any(w <= lon <= e and s <= lat <= n for w, s, e, n in boxes)]
    names = _names(network)
    share = {code: sum(bool(WORDS[code].search(name)) for name in names) / max(len(names), 1) for code in inside}
    clear = [code for code in inside if share[code] >= CLEAR_SHARE]
    if clear:
        return max(clear, key=lambda code: (share[code], -inside.index(code)))
    return inside[0] if len(inside) == 1 and not names else None


def left_driving(country: str | None) -> bool:
    """Tell whether a country keeps to the left; False where the country is not known."""
    return country is not None and country in LEFT_DRIVING.split()


def guess_language(network: Network, country: str | None) -> str:
    """Return ``zh`` where most names of roads are Chinese, or the map bears none and lies in China; else ``en``."""
    names = _names(network)
    if not names:
        return "zh" if country in ("CN", "TW") else "en"
    scripts = Counter(
        "other" if KANA.search(name) or HANGUL.search(name) or not HAN.search(name) else "zh" for name in names
    )
    return "zh" if scripts["zh"] > scripts["other"] else "en"


def _names(network: Network) -> list[str]:
    return sorted({tags["name"] for tags in network.way_tags if tags.get("name")})
