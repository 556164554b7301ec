"""The messages, one module each, its layout in its docstring; every module has ``ID``, ``NAME`` and ``LAYOUT``.

``LAYOUTS`` holds the layout of a version that differs. ``tell`` returns the version of a body that the header does not
tell: 2011 or 2013. This table lists them.
"""

from types import ModuleType
from typing import Final

from ingest.jt808.messages import (
    authentication,
    circles,
    delete_circles,
    delete_polygons,
    delete_rectangles,
    delete_routes,
    driver_card,
    heartbeat,
    location_answer,
    location_batch,
    location_query,
    location_report,
    location_tracking,
    logout,
    parameters,
    platform_answer,
    platform_resend,
    polygon,
    rectangles,
    registration,
    registration_answer,
    route,
    terminal_answer,
    terminal_resend,
    text,
    time_answer,
    time_query,
    vendor_text,
)

MESSAGES: Final[dict[int, ModuleType]] = {
    module.ID: module
    for module in (
        authentication,
        circles,
        delete_circles,
        delete_polygons,
        delete_rectangles,
        delete_routes,
        driver_card,
        heartbeat,
        location_answer,
        location_batch,
        location_query,
        location_report,
        location_tracking,
        logout,
        parameters,
        platform_answer,
        platform_resend,
        polygon,
        rectangles,
        registration,
        registration_answer,
        route,
        terminal_answer,
        terminal_resend,
        text,
        time_answer,
        time_query,
        vendor_text,
    )
}
"""By message id."""
