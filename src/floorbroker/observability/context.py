"""One id through every line that an interaction causes."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

from structlog.typing import EventDict, WrappedLogger

_CORRELATION: Final[ContextVar[str | None]] = ContextVar("correlation", default=None)


@contextmanager
def bind_correlation(correlation_id: str) -> Iterator[None]:
    """Every line logged inside, in this task and in those it starts, carries the id."""
    token = _CORRELATION.set(correlation_id)
    try:
        yield
    finally:
        _CORRELATION.reset(token)


def current_correlation() -> str | None:
    """The id that is bound here; None outside of any."""
    return _CORRELATION.get()


def add_correlation(_logger: WrappedLogger, _method: str, fields: EventDict) -> EventDict:
    """The structlog processor: adds `correlation` where an id is bound."""
    correlation_id = _CORRELATION.get()
    if correlation_id is not None:
        fields.setdefault("correlation", correlation_id)
    return fields
