"""Several drafts of one person: the last checks see what the one before has sent."""

import asyncio

import pytest

from floorbroker.domain.errors import InvalidInput, LimitExceeded
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import Side
from tests.floor import House, settings
from tests.services.conftest import Build
from tests.simulators.paper_faults import Counting


async def test_two_sells_of_one_holding_cannot_both_close_it(
    house: House, broker: Counting
) -> None:
    await house.bought("10")
    sells = [await house.draft(side=Side.SELL, quantity="10", limit="900.00") for _ in range(2)]

    first = await house.confirm(sells[0])
    with pytest.raises(InvalidInput, match="Cancel one of them first"):
        await house.confirm(sells[1])

    assert first.state is OrderState.ACCEPTED
    assert broker.orders_received == 2


async def test_a_sell_of_what_is_gone_since_the_review_is_not_sent(
    house: House, broker: Counting
) -> None:
    await house.bought("10")
    sells = [await house.draft(side=Side.SELL, quantity="10") for _ in range(2)]

    await house.confirm(sells[0])
    with pytest.raises(InvalidInput, match="You hold 0 AAPL"):
        await house.confirm(sells[1])

    assert broker.orders_received == 2


async def test_ten_clicks_at_once_do_not_pass_the_days_count(
    build: Build, broker: Counting
) -> None:
    house = build(faults=broker, chosen=settings(max_orders_per_day=1))
    drafts = [await house.draft(quantity="1") for _ in range(10)]

    answers = await asyncio.gather(
        *(house.confirm(draft) for draft in drafts), return_exceptions=True
    )

    assert sum(isinstance(answer, LimitExceeded) for answer in answers) == 9
    assert broker.orders_received == 1
