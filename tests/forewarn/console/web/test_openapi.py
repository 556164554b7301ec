"""The description of the interface, held against the running console."""

from __future__ import annotations

from collections import Counter

import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import Case
from schemathesis.specs.openapi.checks import positive_data_acceptance

from forewarn.console.web.openapi import description
from forewarn.console.web.routes import ENDPOINTS
from tests.forewarn.console.made import alert
from tests.forewarn.console.running import Browser, Running

LEFT_OUT = ("/api/logout", "/api/password", "/api/login")
"""They would end the session that the test has; their own tests stand beside this one."""


def test_every_endpoint_is_described_once() -> None:
    """With who may, what it takes and what it is for."""
    told = description(ENDPOINTS)
    found = [(method.upper(), path) for path, of in told["paths"].items() for method in of]
    assert sorted(found) == sorted((one.method, one.path) for one in ENDPOINTS)
    ids = [operation["operationId"] for of in told["paths"].values() for operation in of.values()]
    assert len(set(ids)) == len(ids)
    public = [path for path, of in told["paths"].items() for one in of.values() if "security" not in one]
    assert public == ["/api/login", "/api/login", "/api/oidc/login", "/api/oidc/callback"]
    for path in public[2:]:
        answers = told["paths"][path]["get"]["responses"]
        assert "200" not in answers and answers["303"]["headers"]["Location"]["required"]


def test_what_is_described_is_what_happens(running: Running) -> None:
    """Requests of all kinds, made up from the description: no fault of the server, no answer that is not described.

    What a text may be (characters of terminals, moments) is more than a schema says, so a sound one may be refused.
    """
    running.raised(*(alert("fatigue", id=f"a{k}", vehicle=f"T{k}") for k in range(3)))
    browser = Browser(running, "chief")
    document = browser.get("/api/openapi.json").json()
    schema = schemathesis.openapi.from_dict(document).exclude(path=list(LEFT_OUT))
    headers = {"X-CSRF-Token": browser.csrf, "Cookie": f"forewarn={browser.http.cookies['forewarn']}"}
    asked: Counter[str] = Counter()

    def once(case: Case) -> None:
        answer = case.call_and_validate(
            base_url=running.address, headers=headers, excluded_checks=[positive_data_acceptance]
        )
        asked[f"{case.method} {case.path}"] += 1
        assert answer.status_code != 500

    for result in schema.get_all_operations():
        tried = settings(
            max_examples=25, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
        )
        tried(given(result.ok().as_strategy())(once))()
    assert len(asked) == len([one for one in ENDPOINTS if one.path not in LEFT_OUT])
