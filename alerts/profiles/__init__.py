"""Profiles are data: one TOML file each in this folder, or wherever a user keeps one.

::

    title = "Our fleet"
    extends = "cn-hazmat"              # a profile's name, or a file beside this one; without it every figure is needed

    [defaults]                         # for vehicles of which no register knows better
    class = "hazmat_truck"
    language = "zh"
    miles = false

    [speeding]                         # a section a rule: approach, speeding, fatigue, pace
    least_s = 5                        # a plain figure, or with its source:
    general_kmh = { value = 70, source = "our works agreement of May, section 3" }

    [class.coach.fatigue]              # for one class of vehicle only
    limit_s = 7200

What a file says replaces what it extends, for all classes; then come its own classes. Keys, units and ranges stand in
``figures``. Every fault of a file is named by file and key, all at once.
"""

from __future__ import annotations

from alerts.profiles.loader import PROFILES, load_profile
from alerts.profiles.profile import BASE, Given, Profile, ProfileError

__all__ = ["BASE", "PROFILES", "Given", "Profile", "ProfileError", "load_profile"]
