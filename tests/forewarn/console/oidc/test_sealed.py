"""A login under way in a browser's cookie."""

from __future__ import annotations

import base64
import json
from typing import Any

import msgspec
import pytest
from joserfc import jwe
from joserfc.jwk import OctKey, RSAKey

from forewarn.console.oidc import sealed
from forewarn.console.oidc.sealed import MOST_S, begin, key_of, seal, unseal

NOW_MS = 1_760_000_000_000
KEY = key_of("a secret of the tests")


def test_what_was_sealed_comes_back() -> None:
    """At any console that has the secret, for ten minutes."""
    begun = begin(NOW_MS)
    text = seal(begun, KEY)
    assert unseal(text, key_of("a secret of the tests"), NOW_MS + MOST_S * 1000 - 1) == begun
    assert unseal(text, KEY, NOW_MS + MOST_S * 1000) is None
    assert begun.state not in text and len(text) < sealed.MOST_CHARACTERS


def test_no_two_are_alike() -> None:
    """Nothing of a login can be guessed from another."""
    many = [begin(NOW_MS) for _ in range(100)]
    assert len({value for one in many for value in (one.state, one.nonce, one.verifier)}) == 300
    assert len({seal(many[0], KEY) for _ in range(10)}) == 10


def test_another_secret_opens_nothing() -> None:
    """Nor seals what is believed here."""
    assert unseal(seal(begin(NOW_MS), key_of("another secret")), KEY, NOW_MS) is None


def test_one_that_would_last_longer_is_none() -> None:
    """Whatever end it names."""
    begun = msgspec.structs.replace(begin(NOW_MS), until_ms=NOW_MS + 10**12)
    assert unseal(seal(begun, KEY), KEY, NOW_MS) is None


def test_every_changed_character_is_noticed() -> None:
    """All of it is authenticated; the last character of a part may stand for the same bits."""
    text = seal(begin(NOW_MS), KEY)
    for place in range(0, len(text), 7):
        other = text[:place] + ("A" if text[place] != "A" else "B") + text[place + 1 :]
        if place + 1 < len(text) and text[place + 1] != ".":
            assert unseal(other, KEY, NOW_MS) is None, place


@pytest.mark.parametrize("alg", ["A256KW", "A256GCMKW"])
def test_no_other_way_of_sealing_is_taken(alg: str) -> None:
    """By the same key or not."""
    content = msgspec.json.encode(begin(NOW_MS))
    assert (
        unseal(jwe.encrypt_compact({"alg": alg, "enc": "A256GCM"}, content, KEY, [alg, "A256GCM"]), KEY, NOW_MS) is None
    )
    key = RSAKey.generate_key(2048)
    text = jwe.encrypt_compact({"alg": "RSA-OAEP", "enc": "A256GCM"}, content, key, ["RSA-OAEP", "A256GCM"])
    assert unseal(text, KEY, NOW_MS) is None


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"state": 5}', b"\xff", b'{"state":"a","nonce":"b"}'])
def test_what_is_no_login_is_none(content: bytes) -> None:
    """Though it was sealed by the key."""
    text = jwe.encrypt_compact({"alg": "dir", "enc": "A256GCM"}, content, KEY, ["dir", "A256GCM"])
    assert unseal(text, KEY, NOW_MS) is None


@pytest.mark.parametrize(
    "header", [[], 5, None, {"alg": []}, {"enc": []}, {"enc": None}, {"crit": 5}, {"zip": 5}, {"kid": {}}]
)
def test_whatever_a_cookie_calls_itself(header: Any) -> None:
    """Its header is anybody's JSON."""
    told = {"alg": "dir", "enc": "A256GCM", **header} if isinstance(header, dict) else header
    text = base64.urlsafe_b64encode(json.dumps(told).encode()).rstrip(b"=").decode()
    assert unseal(f"{text}..AAAAAAAAAAAAAAAA.AAAA.AAAAAAAAAAAAAAAAAAAAAA", KEY, NOW_MS) is None


def test_the_key_is_not_the_secret() -> None:
    """It is worked out of it, so neither tells the other."""
    assert OctKey.import_key("a secret of the tests").raw_value != KEY.raw_value and len(KEY.raw_value) == 32
