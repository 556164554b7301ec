"""How often a login may be tried."""

from __future__ import annotations

import threading

import pytest

from forewarn.console.people.limits import ADDRESS, ADDRESS_AND_NAME, ELSEWHERE, NAME, Limits, network_of


class Clock:
    """A clock that a test moves."""

    now = 1_000.0

    def __call__(self) -> float:
        """Return its time."""
        return self.now


@pytest.fixture
def clock() -> Clock:
    """A clock."""
    return Clock()


@pytest.fixture
def limits(clock: Clock) -> Limits:
    """Limits by that clock."""
    return Limits(clock)


def test_an_address_tries_a_name_a_few_times(limits: Limits, clock: Clock) -> None:
    """A burst may go at once; then one more each so often, and one that had to wait costs nothing."""
    assert [limits.take("10.0.0.1", "lin") for _ in range(ADDRESS_AND_NAME.burst)] == [0.0] * ADDRESS_AND_NAME.burst
    for _ in range(100):
        assert limits.take("10.0.0.1", "LIN ") == ADDRESS_AND_NAME.each_s
    clock.now += ADDRESS_AND_NAME.each_s - 1
    assert limits.take("10.0.0.1", "lin") == pytest.approx(1.0)
    clock.now += 1
    assert limits.take("10.0.0.1", "lin") == 0.0
    assert limits.take("10.0.0.1", "lin") == ADDRESS_AND_NAME.each_s


def test_a_name_that_is_tried_from_elsewhere_is_still_open(limits: Limits) -> None:
    """Whoever is locked out by their own tries locks out nobody else: not the name from another address."""
    while limits.take("10.0.0.66", "lin") == 0.0:
        pass
    assert limits.take("10.0.0.1", "lin") == 0.0


def test_an_address_tries_many_names_not_for_long(limits: Limits) -> None:
    """One password for many names is limited by address, of IPv6 by its network; another address is free."""
    tries = [limits.take(f"2001:db8::{n:x}", f"name{n}") for n in range(ADDRESS.burst + 1)]
    assert tries == [0.0] * ADDRESS.burst + [ADDRESS.each_s]
    assert limits.take("2001:db8:0:1::1", "name0") == 0.0


def test_a_login_elsewhere_counts_by_address_and_apart(limits: Limits, clock: Clock) -> None:
    """It names nobody; neither it nor passwords lock the other, and one that succeeds does not count."""
    tries = [limits.take("2001:db8::1", None) for _ in range(ELSEWHERE.burst + 1)]
    assert tries == [0.0] * ELSEWHERE.burst + [ELSEWHERE.each_s]
    assert limits.take("2001:db8::1", "lin") == limits.take("10.0.0.1", None) == 0.0
    limits.forgive("2001:db8::2", None)
    assert limits.take("2001:db8::1", None) == 0.0
    assert limits.take("2001:db8::1", None) > 0.0
    clock.now += ELSEWHERE.each_s
    assert limits.take("2001:db8::1", None) == 0.0
    while limits.take("10.0.0.7", "lin") == 0.0:
        pass
    assert limits.take("10.0.0.7", None) == 0.0


def test_many_addresses_try_a_name_not_for_long(limits: Limits) -> None:
    """A name tried from very many addresses is limited as a whole."""
    tries = [limits.take(f"10.0.{n}.1", "lin") for n in range(NAME.burst + 1)]
    assert tries == [0.0] * NAME.burst + [NAME.each_s]


def test_who_succeeds_is_not_held_up(limits: Limits) -> None:
    """A login that succeeds gives its try back: a whole shift behind one address gets in."""
    for n in range(10 * ADDRESS.burst):
        assert limits.take("10.0.0.1", f"name{n}") == 0.0
        limits.forgive("10.0.0.1", f"name{n}")
    for _ in range(10 * NAME.burst):
        assert limits.take("10.0.0.1", "lin") == 0.0
        limits.forgive("10.0.0.1", "lin")


def test_success_forgives_one_name_and_not_the_address(limits: Limits) -> None:
    """Who has an account of their own does not, by logging in, win tries at others' from the same address."""
    for n in range(ADDRESS.burst - 1):
        assert limits.take("10.0.0.1", f"victim{n}") == 0.0
        assert limits.take("10.0.0.1", "mine") == 0.0
        limits.forgive("10.0.0.1", "mine")
    assert limits.take("10.0.0.1", "victim") == 0.0
    assert limits.take("10.0.0.1", "another") > 0


def test_a_clock_put_back_locks_nobody_for_long(limits: Limits, clock: Clock) -> None:
    """After the clock was put back by hours the wait is one of the usual ones."""
    while limits.take("10.0.0.1", "lin") == 0.0:
        pass
    clock.now -= 7_200
    assert limits.take("10.0.0.1", "lin") <= ADDRESS_AND_NAME.each_s
    clock.now += ADDRESS_AND_NAME.each_s
    assert limits.take("10.0.0.1", "lin") == 0.0


def test_what_is_remembered_is_bounded(clock: Clock) -> None:
    """Endless names and addresses take no more memory: those not heard of for longest are forgotten."""
    limits = Limits(clock, most_keys=50)
    for n in range(1_000):
        limits.take(f"10.{n // 250}.{n % 250}.1", f"name{n}" * 100)
    assert {len(table) for _, table in limits._tables} == {50}
    assert all(len(key) < 150 for _, table in limits._tables for key in table)


def test_tries_at_once_do_not_slip_through(limits: Limits) -> None:
    """Counted before the password is looked at: of many tries in the same moment only the burst may go on."""
    went: list[float] = []
    together = threading.Barrier(16)

    def attempt() -> None:
        together.wait(30)
        for _ in range(20):
            went.append(limits.take("10.0.0.1", "lin"))

    threads = [threading.Thread(target=attempt) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert went.count(0.0) == ADDRESS_AND_NAME.burst


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("10.0.0.1", "10.0.0.1"),
        ("::ffff:10.0.0.1", "10.0.0.1"),
        ("2001:db8::1", "2001:db8::/64"),
        ("2001:db8::ffff:0:0:1", "2001:db8::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("testclient", "testclient"),
        ("x" * 1_000, "x" * 64),
    ],
)
def test_an_address_is_what_one_person_has(address: str, network: str) -> None:
    """Of IPv6 the network, of an IPv4 address in IPv6 that address, of anything else its first part."""
    assert network_of(address) == network
