"""Types of columns: text that any database takes, and structs as JSON."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final, Generic, TypeVar

import msgspec
from sqlalchemy import JSON, BigInteger, ColumnElement, Dialect, Integer, Text, cast, type_coerce
from sqlalchemy.types import TypeDecorator

S = TypeVar("S", bound=msgspec.Struct)

NUMBER = BigInteger().with_variant(Integer, "sqlite")
"""A number that the database itself gives; SQLite does so only to columns of the type INTEGER."""
_NUL_IN_JSON: Final = re.compile(rb"(?<!\\)((?:\\\\)*)\\u0000")
"""U+0000 as JSON escapes it: behind pairs of backslashes, each of which is one of a text's own."""


def writable(text: str) -> str:
    """Return the text as any database takes it: PostgreSQL has no U+0000. (Half a surrogate pair no JSON lets in.)"""
    return text.replace("\x00", "\ufffd")


def writable_json(content: bytes) -> bytes:
    """Return JSON with its texts ``writable``: PostgreSQL keeps U+0000 in it, and then reads nothing of it any more."""
    return _NUL_IN_JSON.sub(b"\\1\\\\ufffd", content) if b"\\u0000" in content else content


class Words(TypeDecorator[str]):
    """Text from anywhere, made ``writable``; what is asked for is changed in the same way and so is found."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002  # SQLAlchemy's
        """Return it as it is kept."""
        return None if value is None else writable(value)


class Kept(TypeDecorator[S], Generic[S]):
    """A struct, kept as JSON, field for field."""

    impl = JSON
    cache_ok = True

    def __init__(self, kind: type[S]) -> None:
        """Of this struct."""
        super().__init__()
        self.kind = kind

    def column_expression(self, column: ColumnElement[Any]) -> ColumnElement[Any]:
        """Have it told as it is written: structs read from text take two thirds of the time of those made of parts."""
        return type_coerce(cast(column, Text), self)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[str | None], S | None]:  # noqa: ARG002
        """Return what makes the struct; it raises msgspec.ValidationError for what is none."""
        decoder = msgspec.json.Decoder(self.kind)
        return lambda text: None if text is None else decoder.decode(text)


def to_json(value: Any) -> str:
    """Return JSON, of structs too, as any database takes it: NaN is null, and texts are ``writable``."""
    return writable_json(msgspec.json.encode(value)).decode("utf-8")


def from_json(text: str) -> Any:
    """Return what JSON says."""
    return msgspec.json.decode(text)
