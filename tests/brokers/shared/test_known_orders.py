"""What became of an order that may not be sent again is read back, or it stays unknown."""

import pytest

from floorbroker.brokers.shared.known_orders import the_one_that_lives
from floorbroker.domain.errors import BrokerTimeout, OutcomeUnknown
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import Absent, Ambiguous, Found, LookUp, Receipt

ACCEPTED = Receipt(broker_order_id="1", state=OrderState.ACCEPTED)


async def looking(found: LookUp | BrokerTimeout) -> LookUp:
    if isinstance(found, BrokerTimeout):
        raise found
    return found


async def test_an_order_that_is_there_is_its_receipt() -> None:
    found = await the_one_that_lives(looking(Found(receipt=ACCEPTED)), "alpaca", "known id")

    assert found is ACCEPTED


@pytest.mark.parametrize(
    ("found", "detail"),
    [
        (Absent(), "known id, not found"),
        (Ambiguous(candidates=(ACCEPTED, ACCEPTED)), "known id, not found"),
        (BrokerTimeout(broker="alpaca"), "known id, not read"),
    ],
    ids=lambda value: type(value).__name__,
)
async def test_one_that_does_not_show_itself_is_unknown(
    found: LookUp | BrokerTimeout, detail: str
) -> None:
    with pytest.raises(OutcomeUnknown) as unknown:
        await the_one_that_lives(looking(found), "alpaca", "known id")

    assert (unknown.value.broker, unknown.value.detail) == ("alpaca", detail)
