"""The base map: a PMTiles file that the console itself serves, under the roads."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.forewarn.console.pages import tiles
from tests.forewarn.console.pages.conftest import Log
from tests.forewarn.console.running import Running

pytestmark = pytest.mark.browser


def corner(page: Page) -> tuple[int, int, int]:
    """The colour of the map where it has no roads: its lower left corner."""
    shot = page.locator(".map-box").screenshot()
    image = Image.open(io.BytesIO(shot)).convert("RGB")
    red, green, blue = image.getpixel((6, image.height - 40))  # type: ignore[misc]
    return red, green, blue


def shown(log_in: Log, address: str) -> Page:
    """A page with its map drawn, in the light."""
    page = log_in(address, "guest", language="en", color_scheme="light")
    if not page.locator(".map-box").count():
        page.keyboard.press("m")
    page.locator(".map-tools").wait_for()
    page.wait_for_timeout(1_500)
    return page


def test_vector_tiles_are_drawn_under_the_roads(sqlite_url: str, tmp_path: Path, log_in: Log) -> None:
    """Its water has the colour of water, its attribution stands there without its markup, and nothing went wrong."""
    with Running(sqlite_url) as running:
        bare = corner(shown(log_in, running.address))
    with Running(sqlite_url, basemap=str(tiles.vector(tmp_path / "city.pmtiles"))) as running:
        page = shown(log_in, running.address)
        expect(page.locator(".map-foot")).to_contain_text("drawn for tests")
        assert page.locator(".map-foot b").count() == 0
        expect(page.locator(".map-fault")).to_have_count(0)
        wet = corner(page)
    assert wet != bare and wet[2] > wet[0]


def test_pictures_are_drawn_too(sqlite_url: str, tmp_path: Path, log_in: Log) -> None:
    """Of raster tiles."""
    with Running(sqlite_url, basemap=str(tiles.picture(tmp_path / "city.pmtiles", "#ff0000"))) as running:
        red, green, _ = corner(shown(log_in, running.address))
    assert red > green + 60


def test_a_file_of_no_use_is_told_and_the_roads_are_drawn(sqlite_url: str, tmp_path: Path, log_in: Log) -> None:
    """In words, on the map."""
    path = tmp_path / "city.pmtiles"
    path.write_bytes(b"no tiles" * 4_000)
    with Running(sqlite_url, basemap=str(path)) as running:
        page = shown(log_in, running.address)
        expect(page.locator(".map-fault")).to_contain_text("base map")
