"""The messages, one module each, its layout in its docstring; every module has ``ID``, ``NAME`` and ``LAYOUT``.

``LAYOUTS`` holds the layout of a version that differs. ``tell`` returns the version of data that the agreed one does
not tell: 2011 or its supplement of 2013. The ids of those that stand in an envelope (``envelope``) are their sub-ids.
This table lists them.
"""

from types import ModuleType
from typing import Final

from ingest.jt809.messages import (
    alarm,
    alarm_notice,
    down_keep_alive,
    down_keep_alive_answer,
    down_login,
    down_login_answer,
    down_logout,
    down_logout_answer,
    down_lost,
    driver,
    driver_answer,
    duty_query,
    duty_query_answer,
    exchange_end,
    exchange_end_answer,
    exchange_start,
    exchange_start_answer,
    exchanged_history,
    exchanged_position,
    keep_alive,
    keep_alive_answer,
    login,
    login_answer,
    logout,
    logout_answer,
    lower_closing,
    main_lost,
    platform_text,
    platform_text_answer,
    position,
    position_history,
    registration,
    registration_answer,
    text,
    text_answer,
    upper_closing,
    urge,
    urge_answer,
    waybill_answer,
)

MESSAGES: Final[dict[int, ModuleType]] = {
    module.ID: module
    for module in (
        alarm,
        alarm_notice,
        down_keep_alive,
        down_keep_alive_answer,
        down_login,
        down_login_answer,
        down_logout,
        down_logout_answer,
        down_lost,
        driver,
        driver_answer,
        duty_query,
        duty_query_answer,
        exchange_end,
        exchange_end_answer,
        exchange_start,
        exchange_start_answer,
        exchanged_history,
        exchanged_position,
        keep_alive,
        keep_alive_answer,
        login,
        login_answer,
        logout,
        logout_answer,
        lower_closing,
        main_lost,
        platform_text,
        platform_text_answer,
        position,
        position_history,
        registration,
        registration_answer,
        text,
        text_answer,
        upper_closing,
        urge,
        urge_answer,
        waybill_answer,
    )
}
"""By message id."""
