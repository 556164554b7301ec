"""Letting in whom an issuer vouches for, on both databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import msgspec
import pytest

from forewarn.console.oidc.admitting import Admitted, admit, note_failed
from forewarn.console.oidc.claims import Vouched
from forewarn.console.oidc.faults import Fault, OidcError
from forewarn.console.people import accounts, sessions
from forewarn.console.store import Store, journal
from forewarn.console.store import accounts as kept
from tests.forewarn.console.making import T0

WANG = Vouched("https://id", "1", "wang", "en", {"role": "dispatcher", "carrier": "north"})


def let_in(store: Store, who: Vouched = WANG, *, new: bool = True, at_ms: int = T0) -> Admitted:
    """Somebody who comes."""
    return admit(store, who, new=new, address="10.0.0.1", at_ms=at_ms)


def refused(store: Store, who: Vouched, new: bool = True) -> Fault:
    """Why somebody may not in."""
    with pytest.raises(OidcError) as caught:
        let_in(store, who, new=new)
    return caught.value.fault


def alive(store: Store, token: str) -> bool:
    """Whether a session goes on."""
    with store.read() as c:
        return sessions.find(c, token, T0, sessions.Times()) is not None


def changed(**fields: Any) -> Vouched:
    """Wang otherwise."""
    return msgspec.structs.replace(WANG, **fields)


def test_many_first_logins_at_once_make_one_account(store: Store) -> None:
    """Each is in, as the same one."""
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: let_in(store), range(8)))
    assert {one.logged_in.person.name for one in found} == {"wang"} and all(not one.changed for one in found)
    assert all(alive(store, one.logged_in.token) for one in found)
    with store.read() as c:
        assert [one.subject for one in kept.listed(c)] == ["1"]
        assert [one.what for one in journal.since(c, 0)].count("account_made") == 1


def test_a_refusal_leaves_nothing_behind(store: Store) -> None:
    """No account, no session, no entry but the one that the caller writes."""
    with store.begin() as c:
        accounts.make(c, "chief", "admin", carrier=None, at_ms=T0, issuer="https://id", subject="2")
    assert refused(store, WANG, new=False) is Fault.NOT_ADMITTED
    assert refused(store, changed(rights={})) is Fault.NOT_ADMITTED
    assert refused(store, changed(name="Chief")) is Fault.NAME_TAKEN
    assert refused(store, changed(name="system")) is Fault.NAME_WRONG
    assert refused(store, changed(fault=Fault.NO_ROLE)) is Fault.NO_ROLE
    assert refused(store, changed(subject="2")) is Fault.LAST_ADMIN
    with store.read() as c:
        assert [one.name for one in kept.listed(c)] == ["chief"] and journal.newest(c) == 0
    assert note_failed(store, Fault.NAME_TAKEN, WANG, address="10.0.0.1", at_ms=T0) is None
    assert note_failed(store, Fault.BEGIN_AGAIN, None, address="10.0.0.1", at_ms=T0) is None
    with store.read() as c:
        first, second = journal.since(c, 0)
    told = {"address": "10.0.0.1", "by": "oidc", "reason": "name_taken", "subject": "1"}
    assert (first.who, first.what, first.facts) == ("nobody", "login_failed", told)
    assert "subject" not in second.facts


def test_another_issuers_subject_is_another(store: Store) -> None:
    """The same name there is not the same person."""
    let_in(store)
    assert refused(store, changed(issuer="https://other")) is Fault.NAME_TAKEN
    assert let_in(store, changed(issuer="https://other", name="wang2")).logged_in.person.name == "wang2"


def test_other_rights_end_the_sessions_of_before(store: Store) -> None:
    """The new one goes on; the same rights end none."""
    first = let_in(store).logged_in.token
    assert not let_in(store, at_ms=T0 + 1).changed and alive(store, first)
    second = let_in(store, changed(rights={"role": "dispatcher", "carrier": "south"}))
    assert second.changed and second.logged_in.person.carrier == "south"
    assert alive(store, second.logged_in.token) and not alive(store, first)


def test_what_the_issuer_does_not_tell_stays(store: Store) -> None:
    """A carrier that an admin has set, where only the role is told; both, where nothing is."""
    let_in(store)
    for rights in ({"role": "viewer"}, {}):
        person = let_in(store, changed(rights=rights)).logged_in.person
        assert (person.role, person.carrier) == ("viewer", "north")


@pytest.mark.parametrize("fault", Fault)
def test_whose_role_is_gone_is_out(store: Store, fault: Fault) -> None:
    """Other reasons end nothing: a provider that is down leaves everybody in."""
    token = let_in(store).logged_in.token
    gone = fault in (Fault.NO_ROLE, Fault.NO_CARRIER, Fault.LAST_ADMIN)
    name = note_failed(store, fault, WANG, address="10.0.0.1", at_ms=T0)
    assert (name, alive(store, token)) == (("wang", False) if gone else (None, True))
