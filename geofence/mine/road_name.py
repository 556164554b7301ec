"""What a person calls a road, and the direction in which one drives on it, in the language of the map."""

from __future__ import annotations

from typing import Final

from geofence.mine.network import Network

UNNAMED: Final = {
    "zh": {
        "motorway": "高速公路",
        "trunk": "无名快速路",
        "primary": "无名主干路",
        "secondary": "无名次干路",
        "tertiary": "无名支路",
        "unclassified": "无名乡道",
        "residential": "无名街道",
        "living_street": "无名街道",
        "service": "无名内部路",
        "track": "无名土路",
    },
    "en": {
        "motorway": "unnamed motorway",
        "trunk": "unnamed trunk road",
        "primary": "unnamed primary road",
        "secondary": "unnamed secondary road",
        "tertiary": "unnamed tertiary road",
        "unclassified": "unnamed minor road",
        "residential": "unnamed street",
        "living_street": "unnamed street",
        "service": "unnamed service road",
        "track": "unnamed track",
    },
}
"""What stands for a road without name and number, by language and class; all other classes are ``OTHER``."""
OTHER: Final = {"zh": "无名道路", "en": "unnamed road"}
COURSES: Final = {
    "zh": (
        "由南向北",
        "由西南向东北",
        "由西向东",
        "由西北向东南",
        "由北向南",
        "由东北向西南",
        "由东向西",
        "由东南向西北",
    ),
    "en": (
        "northbound",
        "northeastbound",
        "eastbound",
        "southeastbound",
        "southbound",
        "southwestbound",
        "westbound",
        "northwestbound",
    ),
}
"""Directions of travel, clockwise from north."""


def language_of(language: str) -> str:
    """Return the language of generic words: ``zh`` or, for all others, ``en``."""
    return "zh" if language == "zh" else "en"


def called(tags: dict[str, str], language: str) -> str:
    """Return the name of a road, else its number; empty where it has neither."""
    name = (tags.get(f"name:{language}") if language == "zh" else None) or tags.get("name", "")
    return name.split(";")[0].strip() or tags.get("ref", "").split(";")[0].strip()


def road_name(tags: dict[str, str], language: str) -> str:
    """Return what a road is called: its name, its number, or its class; never empty."""
    plain = tags.get("highway", "").removesuffix("_link")
    return called(tags, language) or UNNAMED[language].get(plain, OTHER[language])


def course(heading_deg: float, language: str) -> str:
    """Return the direction of travel in words, for a course in degrees clockwise from north."""
    return COURSES[language][round(heading_deg / 45.0) % 8]


def driven(network: Network, edge: int, language: str) -> str:
    """Return the road and the direction of travel at the end of an edge, such as ``westbound on Rua B``."""
    road = road_name(network.tags(edge), language)
    way = course(network.heading_deg(edge, end=True), language)
    return f"{road}{way}" if language == "zh" else f"{way} on {road}"
