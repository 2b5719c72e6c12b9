"""An order that must not be sent, since it may be there already: it is read back instead."""

from collections.abc import Awaitable

from floorbroker.domain.errors import BrokerError, OutcomeUnknown
from floorbroker.domain.orders import Found, LookUp, Receipt


async def the_one_that_lives(looking: Awaitable[LookUp], broker: str, why: str) -> Receipt:
    """The order that `looking` finds.

    Args:
        why: What says that it is there, for the log: `known id`.

    Raises:
        OutcomeUnknown: It does not show itself.
    """
    try:
        found = await looking
    except BrokerError as error:
        raise OutcomeUnknown(broker=broker, detail=f"{why}, not read") from error
    if not isinstance(found, Found):
        raise OutcomeUnknown(broker=broker, detail=f"{why}, not found")
    return found.receipt
