"""``forewarn profile``: what a person reads of a profile."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from alerts.profiles import PROFILES, load_profile
from alerts.profiles.figures import FIGURES
from forewarn.commands.profile import command


def forewarn_profile(*arguments: str):
    """The result of the command, wide enough not to wrap a word."""
    return CliRunner().invoke(command, list(arguments), env={"COLUMNS": "400"})


def test_list_names_every_profile():
    """One line each."""
    result = forewarn_profile("list")
    assert result.exit_code == 0
    for name in PROFILES:
        assert any(line.startswith(f"{name} ") for line in result.stdout.splitlines())
    assert [p["name"] for p in json.loads(forewarn_profile("list", "--json").stdout)["profiles"]] == list(PROFILES)


@pytest.mark.parametrize("name", PROFILES)
def test_show_prints_every_figure_with_its_source(name):
    """Key, value, unit and source of all, and what the classes have of their own."""
    result = forewarn_profile("show", name)
    assert result.exit_code == 0
    for rule, figures in FIGURES.items():
        assert f"[{rule}]" in result.stdout
        for key in figures:
            assert key in result.stdout
    for given in load_profile(name).figures("fatigue", "").values():
        assert given.source in result.stdout


def test_show_tells_long_times_in_hours_and_keeps_brackets():
    """14400 s are four hours; a mark in square brackets is no markup."""
    text = forewarn_profile("show", "cn-hazmat").stdout
    assert "14400 (4 h)" in text
    assert "[recalled, not verified]" in text
    assert "[class.coach.speeding]" in text


def test_show_of_a_class_and_as_json():
    """One object, figures as they hold for the class."""
    content = json.loads(forewarn_profile("show", "cn-hazmat", "--class", "truck", "--json").stdout)
    figure = content["figures"]["speeding"]["general_kmh"]
    assert (figure["value"], figure["unit"]) == (100, "km/h")
    assert "Art. 78" in figure["source"]
    whole = json.loads(forewarn_profile("show", "cn-hazmat", "--json").stdout)
    assert whole["class_figures"]["coach"]["fatigue"]["night_limit_s"]["value"] == 7200


def test_a_class_without_figures_is_said_and_the_base_holds():
    """Not an error: a register may know classes that a profile does not."""
    result = forewarn_profile("show", "cn-hazmat", "--class", "mixer", "--json")
    assert result.exit_code == 0
    assert "no figures for mixer" in result.stderr
    assert json.loads(result.stdout)["figures"]["speeding"]["general_kmh"]["value"] == 80


def test_faults_end_with_two(tmp_path):
    """An unknown name or a faulty file is wrong use."""
    bad = tmp_path / "bad.toml"
    bad.write_text('extends = "plain"\n[pace]\nper_hour = 0\n')
    for argument, fault in ((str(bad), "pace.per_hour"), ("nowhere", "no profile 'nowhere'")):
        result = forewarn_profile("show", argument)
        assert result.exit_code == 2
        assert fault in result.stderr
