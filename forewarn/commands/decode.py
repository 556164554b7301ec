"""``forewarn decode``: frames of JT/T 808 field by field, as they stand in a log, a capture or a question by mail."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import click

from forewarn.cleaning import clean
from forewarn.decoding import Decoder, as_json
from forewarn.pasted import bytes_of, contents, units
from ingest.jt808.errors import FrameError
from ingest.jt808.frame import Framer

CHUNK = 1 << 16

Told = tuple[dict[str, Any], Iterable[str]]


@click.command()
@click.argument("digits", metavar="[HEX]...", nargs=-1)
@click.option("--file", "capture", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Raw bytes.")
@click.option("--json", "as_objects", is_flag=True, help="One JSON object a frame and line.")
def command(digits: tuple[str, ...], capture: Path | None, as_objects: bool) -> None:
    """Tell frames of JT/T 808 field by field: 2011, 2013 and 2019, of terminals and platforms.

    HEX may be dressed in any way (spaces, commas, 0x, lower case), hold several frames, lack the marks 7E, and be
    escaped or already not. Without HEX, or with -, each line of the standard input is read so. Sub-packets that are
    given together are put together: the last one shows the whole message.

    \b
      forewarn decode 7E0002000004304832546500B7CA7E
      forewarn decode 7e 02 00 00 26 11 22 33 44 55 66 22 b8 ...
      forewarn decode --json < frames.txt | jq .body
      forewarn decode --file capture.bin

    \b
    A line of the answer: where in the frame, the bytes, the field, its value.
      12  00 00 00 01                alarm              sos
      20  00 BA 7F 0E                latitude_deg       12.222222

    \b
    An object of --json, null for what a frame does not have or could not be told:
      id "0x0200"; name; version 2011, 2013 or 2019; phone; serial; checksum_ok; encryption; packet {packets, packet};
      body; error {reason, detail}
    Names of fields end in their unit, times are UTC. Bytes that mean nothing here are hexadecimal digits: "hex" is a
    body or an item that is not known, encrypted or a part, "rest" what is left behind the last field.

    Ends with 0 where every frame is good, with 1 where one is not (a wrong checksum, length or layout), with 2 where
    nothing is a frame.
    """
    if capture is not None and digits:
        raise click.UsageError("either HEX or --file")
    decoder = Decoder()
    dressed = "-" not in digits and bool(digits)
    if "-" in digits and len(digits) > 1:
        raise click.UsageError("- stands alone")
    found = _of_file(decoder, capture) if capture else _of_lines(decoder, units(digits) if dressed else _stdin())
    first = True
    for told, lines in found:
        if as_objects:
            click.echo(as_json(told))
            continue
        click.echo("\n".join(([] if first else [""]) + [clean(line) for line in lines]))
        first = False
    if not decoder.frames:
        click.echo("Error: nothing that is a frame", err=True)
        raise click.exceptions.Exit(2)
    if decoder.bad:
        raise click.exceptions.Exit(1)


def _stdin() -> Iterator[str]:
    for line in sys.stdin.buffer:
        text = line.decode("utf-8", "replace").strip().lstrip("\ufeff")
        if text:
            yield text


def _of_lines(decoder: Decoder, lines: Iterable[str]) -> Iterator[Told]:
    for text in lines:
        try:
            data = bytes_of(text)
        except FrameError as error:
            yield decoder.refuse(error)
            continue
        for content in contents(data):
            yield decoder.tell(content)


def _of_file(decoder: Decoder, path: Path) -> Iterator[Told]:
    framer = Framer()
    with path.open("rb") as file:
        while data := file.read(CHUNK):
            for content in framer.feed(data):
                yield decoder.tell(content)
    for reason, count in framer.dropped.items():
        click.echo(f"{count} bytes belong to no frame: {reason}", err=True)
    if framer.pending:
        click.echo(f"{framer.pending} bytes at the end are a frame that is not finished", err=True)
    decoder.bad += "too_long" in framer.dropped
