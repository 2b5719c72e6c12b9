"""How a test harness or a demo makes the paper broker fail at a chosen moment."""

from typing import Protocol


class Faults(Protocol):
    """Called around every operation, by the name of the adapter's method.

    `before` runs while nothing has reached the books: what it raises (`NotSent`,
    `BrokerConnectionError`, `OrderRejected`) is the answer. `after` runs when the books are
    saved: raising `OutcomeUnknown` or hanging there is a broker that accepts and stays silent.
    """

    async def before(self, operation: str) -> None:
        """Lets `operation` go on, or raises."""
        ...

    async def after(self, operation: str) -> None:
        """Lets the answer go out, or raises."""
        ...


class NoFaults:
    """A broker that always answers."""

    async def before(self, operation: str) -> None:
        """See `Faults.before`."""

    async def after(self, operation: str) -> None:
        """See `Faults.after`."""
