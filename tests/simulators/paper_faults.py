"""Ready-made ways in which the paper broker fails; each counts the orders it was asked for."""

import asyncio

from floorbroker.domain.error_codes import ErrorCode
from floorbroker.domain.errors import (
    BrokerConnectionError,
    NotSent,
    OrderRejected,
    OutcomeUnknown,
)

ORDER_CALLS = frozenset({"place_order", "cancel_order", "modify_order"})


class Counting:
    """A broker that works; the base of the others.

    Attributes:
        operations: Every call that came in, by name, oldest first.
    """

    def __init__(self) -> None:
        """Nothing has come in yet."""
        self.operations: list[str] = []

    @property
    def orders_received(self) -> int:
        """How many times an order was asked for, whatever became of it."""
        return self.operations.count("place_order")

    async def before(self, operation: str) -> None:
        """See `Faults.before`."""
        self.operations.append(operation)

    async def after(self, operation: str) -> None:
        """See `Faults.after`."""


class Silent(Counting):
    """Carries out the calls named, then gives no readable answer."""

    def __init__(self, operations: frozenset[str] = frozenset({"place_order"})) -> None:
        """Silent about `operations`; `quiet` can be cleared to let it speak again."""
        super().__init__()
        self.quiet = set(operations)

    async def after(self, operation: str) -> None:
        """Raises `OutcomeUnknown` once the books are saved."""
        if operation in self.quiet:
            raise OutcomeUnknown(broker="paper")


class Hanging(Counting):
    """Carries out the calls named, then never answers until it is released."""

    def __init__(self, operations: frozenset[str] = frozenset({"place_order"})) -> None:
        """`saved` is set when the books are saved; `released` lets the answer go."""
        super().__init__()
        self._operations = operations
        self.saved = asyncio.Event()
        self.released = asyncio.Event()

    async def after(self, operation: str) -> None:
        """Waits until it is released."""
        if operation in self._operations:
            self.saved.set()
            await self.released.wait()


class Refusing(Counting):
    """Refuses every order call in so many words."""

    def __init__(
        self,
        message: str = "Insufficient funds for this trade",
        reason: ErrorCode = ErrorCode.INSUFFICIENT_FUNDS,
    ) -> None:
        """`message` and `reason` are the broker's own."""
        super().__init__()
        self._message, self._reason = message, reason

    async def before(self, operation: str) -> None:
        """Raises `OrderRejected` while nothing is saved."""
        await super().before(operation)
        if operation in ORDER_CALLS:
            raise OrderRejected(self._message, broker="paper", reason=self._reason)


class Down(Counting):
    """Cannot be reached: nothing leaves this process. `up` brings it back."""

    def __init__(self) -> None:
        """Down from the start."""
        super().__init__()
        self.up = False

    async def before(self, operation: str) -> None:
        """Raises `NotSent` for orders and `BrokerConnectionError` for everything else."""
        await super().before(operation)
        if self.up:
            return
        if operation in ORDER_CALLS:
            raise NotSent(broker="paper")
        raise BrokerConnectionError(broker="paper")
