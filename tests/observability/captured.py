"""What really reaches standard error, line by line."""

import io
import json
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import structlog

from floorbroker.observability.logging import FLOORS, OFF, configure_logging


class Captured(io.StringIO):
    """Standard error, as text and as parsed JSON lines."""

    def records(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.getvalue().splitlines()]


@contextmanager
def logging_kept() -> Iterator[None]:
    """Whatever configures logging inside, afterwards it is as it was."""
    root = logging.getLogger()
    names = [logging.getLogger(name) for name in (*FLOORS, *OFF)]
    before = [(logger, logger.level, logger.disabled) for logger in (root, *names)]
    handlers, configured = root.handlers[:], structlog.is_configured()
    try:
        yield
    finally:
        root.handlers[:] = handlers
        for logger, old_level, disabled in before:
            logger.setLevel(old_level)
            logger.disabled = disabled
        if structlog.is_configured() != configured:
            structlog.reset_defaults()


@contextmanager
def captured_stderr(*, level: str = "DEBUG", as_json: bool = True) -> Iterator[Captured]:
    """Logs as the program does; afterwards logging is as it was."""
    stderr = sys.stderr
    sys.stderr = output = Captured()
    with logging_kept():
        logging.getLogger().handlers.clear()  # pytest's own, which print what they get
        try:
            configure_logging(level, json=as_json)
            yield output
        finally:
            sys.stderr = stderr
