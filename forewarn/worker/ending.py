"""Signals of a stream's process while it runs, and what its errors mean to a person."""

from __future__ import annotations

import signal
from typing import Any, Protocol

import click
from kafka.errors import AuthorizationError, SaslAuthenticationFailedError

from forewarn.worker.config import BadConfigError
from forewarn.worker.tail import LostError
from forewarn.worker.transaction import RefusedError, ReplacedError


class Runs(Protocol):
    """What is run until a signal ends it."""

    def run(self) -> None:
        """Run until asked to end."""

    def stop(self, *_: Any) -> None:
        """End in order, and soon."""


def run_until_told(process: Runs) -> int:
    """Run until SIGTERM or Ctrl-C; returns the exit code. Raises UsageError for what the user can mend."""
    before: dict[signal.Signals, Any] = {
        how: signal.signal(how, process.stop) for how in (signal.SIGTERM, signal.SIGINT)
    }
    try:
        process.run()
    except (BadConfigError, LostError) as error:
        raise click.UsageError(str(error)) from error
    except (RefusedError, AuthorizationError, SaslAuthenticationFailedError) as error:
        raise click.UsageError(f"the broker does not allow it: {error or type(error).__name__}") from error
    except ReplacedError as error:
        click.echo(f"Error: another worker has the slot of this one by now: {error}", err=True)
        return 1
    finally:
        for how, handler in before.items():
            signal.signal(how, handler)
    return 0
