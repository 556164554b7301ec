"""Profiles: data with a source for every figure, and faults named by file and key."""

from __future__ import annotations

from pathlib import Path

import pytest

from alerts.profiles import BASE, PROFILES, Profile, ProfileError, load_profile
from alerts.profiles.figures import FIGURES
from alerts.rules import SETTINGS

NAMES = tuple(PROFILES)


def written(folder: Path, text: str, name: str = "ours.toml") -> Path:
    """A user's file."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_the_three_countries_are_there():
    """The profiles that the program promises."""
    assert {"cn-hazmat", "eu-561", "us-hos"} <= set(NAMES)


@pytest.mark.parametrize("rule", SETTINGS)
def test_figures_and_settings_name_the_same_fields(rule):
    """What a profile may say is exactly what the rules read."""
    assert tuple(FIGURES[rule]) == SETTINGS[rule]._fields
    assert list(FIGURES) == list(SETTINGS)


@pytest.mark.parametrize("name", NAMES)
def test_every_figure_has_a_source_of_its_own(name):
    """No figure of a profile that comes with the program stands without a reason."""
    profile = load_profile(name)
    assert len(profile.sources) >= sum(len(figures) for figures in FIGURES.values())
    for key, source in profile.sources.items():
        assert len(source) > 8, key
        assert not source.endswith(".toml"), key


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("vehicle_class", ["hazmat_truck", "truck", "coach", "car", "bicycle", BASE])
def test_every_class_has_complete_settings(name, vehicle_class):
    """Also a class that no profile names: it takes the base."""
    profile = load_profile(name)
    for rule, fields in SETTINGS.items():
        settings = profile.settings(rule, vehicle_class)
        assert isinstance(settings, fields)
        for key, value in settings._asdict().items():
            assert FIGURES[rule][key].least <= value <= FIGURES[rule][key].most


@pytest.mark.parametrize(
    ("name", "vehicle_class", "rule", "key", "value"),
    [
        ("cn-hazmat", "hazmat_truck", "speeding", "general_kmh", 80),
        ("cn-hazmat", "truck", "speeding", "general_kmh", 100),
        ("cn-hazmat", "coach", "speeding", "night_share", 0.8),
        ("cn-hazmat", "hazmat_truck", "speeding", "night_share", 1),
        ("cn-hazmat", "hazmat_truck", "fatigue", "limit_s", 4 * 3600),
        ("cn-hazmat", "hazmat_truck", "fatigue", "rest_s", 20 * 60),
        ("cn-hazmat", "hazmat_truck", "fatigue", "ahead_s", 30 * 60),
        ("cn-hazmat", "hazmat_truck", "fatigue", "day_limit_s", 0),
        ("cn-hazmat", "coach", "fatigue", "day_limit_s", 8 * 3600),
        ("cn-hazmat", "coach", "fatigue", "night_limit_s", 2 * 3600),
        ("eu-561", "truck", "fatigue", "limit_s", 4.5 * 3600),
        ("eu-561", "truck", "fatigue", "first_part_s", 15 * 60),
        ("eu-561", "truck", "fatigue", "second_part_s", 30 * 60),
        ("eu-561", "truck", "fatigue", "day_rest_s", 11 * 3600),
        ("us-hos", "truck", "fatigue", "limit_s", 8 * 3600),
        ("us-hos", "truck", "fatigue", "window_s", 14 * 3600),
        ("us-hos", "truck", "fatigue", "day_limit_s", 11 * 3600),
    ],
)
def test_the_figures_of_the_law(name, vehicle_class, rule, key, value):
    """The figures that dispatchers know by heart."""
    assert getattr(load_profile(name).settings(rule, vehicle_class), key) == value


def test_defaults_of_language_units_and_class():
    """China speaks Chinese and metres, America English and miles."""
    assert (load_profile("cn-hazmat").language, load_profile("cn-hazmat").miles) == ("zh", False)
    assert (load_profile("us-hos").language, load_profile("us-hos").miles) == ("en", True)
    assert load_profile("cn-hazmat").default_class == "hazmat_truck"


def test_a_user_file_extends_a_profile(tmp_path):
    """It changes what it says, takes the rest, and is the source of its own figures unless it names one."""
    path = written(
        tmp_path,
        'title = "Ours"\nextends = "cn-hazmat"\n[speeding]\nleast_s = 5\n'
        'general_kmh = { value = 70, source = "works agreement" }\n[approach]\nadvise_ramp = 0.9\n',
    )
    ours = load_profile(path)
    speeding = ours.settings("speeding", "hazmat_truck")
    assert (ours.name, ours.title, ours.language) == ("ours", "Ours", "zh")
    assert (speeding.least_s, speeding.general_kmh) == (5, 70)
    assert ours.settings("approach", "truck").advise_ramp == 0.9
    assert ours.settings("fatigue", "truck").limit_s == 4 * 3600
    assert ours.sources["speeding.general_kmh"] == "works agreement"
    assert ours.sources["speeding.least_s"] == "ours.toml"


def test_what_a_file_says_for_all_replaces_the_classes_that_it_extends(tmp_path):
    """70 in [speeding] is 70 for every class, unless the file itself says otherwise for one."""
    path = written(
        tmp_path,
        'extends = "cn-hazmat"\n[speeding]\ngeneral_kmh = 70\n[class.coach.speeding]\ngeneral_kmh = 60\n'
        "[class.mixer.speeding]\ngeneral_kmh = 50\n",
    )
    ours = load_profile(path)
    general = {c: ours.settings("speeding", c).general_kmh for c in ("truck", "hazmat_truck", "coach", "mixer", "x")}
    assert general == {"truck": 70, "hazmat_truck": 70, "coach": 60, "mixer": 50, "x": 70}
    assert ours.settings("fatigue", "coach").night_limit_s == 2 * 3600, "other figures of the class are kept"


def test_files_extend_files_beside_them(tmp_path):
    """A carrier's depots each with their own figures over the carrier's."""
    written(tmp_path, 'extends = "eu-561"\n[pace]\nper_hour = 6\n', "carrier.toml")
    depot = load_profile(written(tmp_path, 'extends = "carrier.toml"\n[pace]\nmin_gap_s = 90\n', "depot.toml"))
    assert depot.settings("pace", "truck") == (90, 6)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("[speeding]\ngeneral = 80", "speeding.general: no such key"),
        ("speed = 1", "speed: no such key"),
        ("[speeding]\ngeneral_kmh = 300", "speeding.general_kmh: must be 0 to 200 km/h, not 300"),
        ('[speeding]\ngeneral_kmh = "80"', "speeding.general_kmh: must be a figure in km/h, not '80'"),
        ("[speeding]\ngeneral_kmh = true", "speeding.general_kmh: must be a figure in km/h, not True"),
        ("[speeding]\ngeneral_kmh = nan", "speeding.general_kmh: must be a figure in km/h, not nan"),
        ("[speeding]\ngeneral_kmh = { source = 'x' }", "speeding.general_kmh: must be a figure or {"),
        ("[speeding]\ngeneral_kmh = { value = 8, src = 'x' }", "speeding.general_kmh: must be a figure or {"),
        ("[speeding]\ngeneral_kmh = { value = 8, source = 3 }", "speeding.general_kmh.source: must be a text"),
        ("[speeding]\ngeneral_kmh = [80]", "speeding.general_kmh: must be a figure in km/h, not [80]"),
        ("[approach]\nadvise_ramp = 3", "approach.advise_ramp: must be 0 to 2 share, not 3"),
        ("speeding = 3", "speeding: must be a section, not 3"),
        ("[class.truck.speding]\na = 1", "class.truck.speding: no such section"),
        ("[class.truck.speeding]\na = 1", "class.truck.speeding.a: no such key"),
        ("[class.Truck.pace]\nper_hour = 3", "class.Truck: a class is named by small letters"),
        ("[class.truck.pace]\nper_hour = 99", "class.truck.pace.per_hour: must be 1 to 24 count"),
        ("[defaults]\nmiles = 1", "defaults.miles: must be true or false, not 1"),
        ("[defaults]\nlang = 'zh'", "defaults.lang: no such key"),
        ("[defaults]\nclass = 'A B'", "defaults.class: must be of small letters"),
        ("[defaults]\nlanguage = 'xx'", "defaults.language: no such language 'xx'; there are zh, en"),
        ("title = 7", "title: must be a text, not 7"),
        ("[speeding]\nminor_pct = 30", "speeding.major_pct: must lie between minor_pct and critical_pct"),
        ("[fatigue]\nfirst_part_s = 300", "fatigue.second_part_s: a split rest needs both parts"),
        ("[fatigue]\nrest_s = 60", "fatigue.rest_s: must not be shorter"),
        ("[fatigue]\nsure_kmh = 1", "fatigue.sure_kmh: must not be less than drive_kmh"),
        ("[fatigue]\nday_rest_s = 600", "fatigue.day_rest_s: must not be shorter than rest_s"),
        ("[speeding\n", "not TOML"),
    ],
)
def test_every_fault_is_named_by_file_and_key(tmp_path, text, fault):
    """Unknown key, wrong type, out of range, at odds, not TOML."""
    head = 'extends = "plain"\n' if "not TOML" not in fault else ""
    with pytest.raises(ProfileError) as raised:
        load_profile(written(tmp_path, head + text + "\n"))
    assert "ours.toml: " in str(raised.value)
    assert fault in str(raised.value)


def test_all_faults_are_named_at_once(tmp_path):
    """Nobody mends a file fault by fault."""
    path = written(tmp_path, 'extends = "plain"\na = 1\n[pace]\nb = 2\nper_hour = 0\n')
    with pytest.raises(ProfileError) as raised:
        load_profile(path)
    assert len(str(raised.value).splitlines()) == 3


def test_without_extending_anything_every_figure_is_needed(tmp_path):
    """What is missing is named; a faulty figure is not called missing too."""
    with pytest.raises(ProfileError) as raised:
        load_profile(written(tmp_path, "[pace]\nper_hour = 0\n"))
    text = str(raised.value)
    assert "pace.min_gap_s: missing" in text
    assert "defaults.class: missing" in text
    assert "pace.per_hour: missing" not in text


@pytest.mark.parametrize(
    ("name", "fault"),
    [("no-such", "there are cn-hazmat, eu-561"), ("no-such.toml", "No such file"), (".", "no profile '.'")],
)
def test_a_profile_that_is_not_there(name, fault, tmp_path, monkeypatch):
    """The message says what there is."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ProfileError, match=fault):
        load_profile(name)


def test_a_circle_of_files_is_named(tmp_path):
    """Two files that extend each other are a fault, no endless loop."""
    written(tmp_path, 'extends = "b.toml"\n', "a.toml")
    with pytest.raises(ProfileError, match="comes back to itself"):
        load_profile(written(tmp_path, 'extends = "a.toml"\n', "b.toml"))


def test_bytes_that_are_no_text(tmp_path):
    """A binary file is named, not a crash."""
    path = tmp_path / "x.toml"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ProfileError, match="not UTF-8"):
        load_profile(path)


def test_a_profile_is_immutable():
    """Settings are taken once, at the start."""
    with pytest.raises(AttributeError):
        load_profile("plain").title = "x"  # type: ignore[misc]
    assert isinstance(load_profile("plain"), Profile)
