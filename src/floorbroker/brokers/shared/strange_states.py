"""States of orders that a vendor's documents do not list: the first one is logged."""

import structlog

_log = structlog.get_logger(__name__)


class StrangeStates:
    """What one connection has met."""

    __slots__ = ("_event", "_met")

    def __init__(self, broker: str) -> None:
        """`broker` is its id."""
        self._event = f"{broker}_state_not_known"
        self._met = False

    def note(self, word: str, *, known: bool) -> None:
        """An order is in the state `word`, which the documents list or not."""
        if not known and not self._met:
            self._met = True
            _log.warning(self._event, state=word[:32])
