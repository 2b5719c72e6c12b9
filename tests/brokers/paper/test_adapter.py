"""The facts of the account, and the design documents' own examples of a simulated broker."""

import time
from dataclasses import replace

import pytest

from floorbroker.brokers.paper.adapter import ACCOUNT, PaperAdapter
from floorbroker.brokers.paper.instruments import listing
from floorbroker.domain.connections import ConnectionState
from floorbroker.domain.errors import (
    ApiError,
    BrokerError,
    InvalidInput,
    OrderRejected,
)
from floorbroker.domain.ids import AccountId, UserId
from floorbroker.domain.money import usd
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import Absent
from floorbroker.domain.portfolio import BrokerAccount
from tests.brokers.paper.conftest import MakeAdapter, MakeOrder
from tests.brokers.paper.scripted import asked
from tests.simulators.paper_faults import Down

RESTING = asked("buy", "100", limit_price="150.00", time_in_force="gtc")
AAPL = listing("AAPL").instrument


async def test_a_new_person_has_one_account_with_100000_dollars(adapter: PaperAdapter) -> None:
    await adapter.connect()

    accounts = await adapter.accounts()
    balances = await adapter.balances(accounts[0])

    assert [(a.account_id, a.number, a.currency) for a in accounts] == [
        ("PAPER-1", "PAPER123456", "USD")
    ]
    assert balances.cash == balances.equity == usd(100_000)
    assert balances.buying_power == usd(200_000)
    assert balances.day_profit == balances.realised_profit == balances.margin_used == usd(0)
    assert await adapter.positions(accounts[0]) == ()
    assert await adapter.open_orders(accounts[0]) == ()


async def test_each_person_has_a_book_of_their_own(
    make_adapter: MakeAdapter, order: MakeOrder
) -> None:
    mine, theirs = make_adapter(), make_adapter(user_id=UserId("200000000000000002"))
    bought = order(asked())
    await mine.place_order(bought)

    assert await theirs.positions(ACCOUNT) == ()
    assert await theirs.find_order(bought) == Absent()


async def test_it_connects_in_paper_mode_with_a_latency_of_10_ms(
    make_adapter: MakeAdapter,
) -> None:
    adapter = make_adapter(latency_seconds=0.01)
    started = time.monotonic()

    await adapter.connect()

    assert adapter.status().state is ConnectionState.CONNECTED
    assert time.monotonic() - started >= 0.01


async def test_a_simulated_connection_failure_is_raised_and_leaves_no_connection(
    make_adapter: MakeAdapter,
) -> None:
    adapter = make_adapter(faults=Down())

    with pytest.raises(BrokerError):
        await adapter.connect()

    assert adapter.status().state is ConnectionState.FAILED
    assert not adapter.status().healthy


async def test_a_limit_buy_of_100_aapl_at_150_is_accepted_with_an_id(
    adapter: PaperAdapter, order: MakeOrder
) -> None:
    receipt = await adapter.place_order(order(RESTING))

    listed = await adapter.open_orders(ACCOUNT)
    assert receipt.state is OrderState.ACCEPTED
    assert receipt.broker_order_id == "PB-000001"
    assert [(o.instrument.symbol, o.description) for o in listed] == [
        ("AAPL", "Buy 100 AAPL limit 150 gtc")
    ]


async def test_a_quantity_of_minus_10_never_becomes_a_request() -> None:
    with pytest.raises(InvalidInput, match="Invalid order quantity"):
        asked("buy", "-10")


async def test_the_margin_for_1000_tsla_is_told_before_anything_is_sent(
    adapter: PaperAdapter, order: MakeOrder
) -> None:
    wish = order(asked("buy", "1000", symbol="TSLA"))

    preview = await adapter.preview_order(wish)

    assert preview.margin_required is not None
    assert preview.margin_available == 100_000
    assert preview.margin_required == preview.cost / 2 > 100_000
    assert preview.fees == 0
    assert await adapter.find_order(wish) == Absent()


async def test_a_preview_of_coins_ties_up_all_of_it_and_of_a_sale_nothing(
    adapter: PaperAdapter, order: MakeOrder
) -> None:
    await adapter.place_order(order(asked()))

    coins = await adapter.preview_order(order(asked("buy", "1", symbol="ETH/USD")))
    sale = await adapter.preview_order(order(asked("sell", "10")))

    assert coins.margin_required == coins.cost
    assert sale.margin_required == 0
    assert sale.cost < 0


async def test_an_account_of_somebody_else_is_refused(
    adapter: PaperAdapter, order: MakeOrder
) -> None:
    other = BrokerAccount(account_id=AccountId("PAPER-2"), number="PAPER2")
    foreign = replace(order(RESTING), account_id=other.account_id)

    with pytest.raises(ApiError, match="no such account"):
        await adapter.balances(other)
    with pytest.raises(OrderRejected, match="no such account"):
        await adapter.place_order(foreign)


async def test_a_leg_is_listed_without_an_id_of_ours(
    adapter: PaperAdapter, order: MakeOrder
) -> None:
    bracket = order(asked("buy", "1", take_profit="900.00", stop_loss="1.00"))
    await adapter.place_order(bracket)

    legs = await adapter.open_orders(ACCOUNT)

    assert [leg.order_id for leg in legs] == [None, None]
    assert [leg.description for leg in legs] == [
        "Sell 1 AAPL take profit 900 gtc",
        "Sell 1 AAPL stop loss 1 gtc",
    ]
