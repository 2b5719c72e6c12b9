"""Open and ended orders as Alpaca lists them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from floorbroker.brokers.alpaca.adapter import AlpacaAdapter
from floorbroker.domain.order import Order
from floorbroker.domain.orders import TimeInForce
from floorbroker.domain.portfolio import BrokerAccount
from tests.brokers.alpaca.at_alpaca import BITCOIN, order_of, resting_request
from tests.fakes.clock import NOON, ManualClock
from tests.simulators.alpaca import AlpacaSimulator, Person


async def test_lists_tell_ours_from_others_and_show_their_fills(
    adapter: AlpacaAdapter,
    account: BrokerAccount,
    anna: Person,
    resting: Order,
    simulator: AlpacaSimulator,
) -> None:
    coin = resting_request(
        instrument=BITCOIN, limit_price=Decimal(50000), time_in_force=TimeInForce.GTC
    )
    await adapter.place_order(resting)
    await adapter.place_order(order_of(coin, anna.account_id))
    simulator.order(resting.order_id).client_order_id = "made in the dashboard"
    simulator.fill("made in the dashboard", "4", "99")

    listed = await adapter.open_orders(account)

    by_symbol = {line.instrument.symbol: line for line in listed}
    assert by_symbol["AAPL"].order_id is None
    assert by_symbol["BTC/USD"].order_id is not None
    assert sum(fill.quantity for fill in by_symbol["AAPL"].receipt.fills) == 4
    assert by_symbol["AAPL"].description == "Buy 10 AAPL limit 100 day"


async def test_a_bracket_lists_its_closing_orders_as_orders_of_nobody(
    adapter: AlpacaAdapter, account: BrokerAccount, bracket: Order
) -> None:
    await adapter.place_order(bracket)

    listed = await adapter.open_orders(account)

    assert len(listed) == 3
    assert [line.order_id for line in listed if line.order_id] == [bracket.order_id]


async def test_more_open_orders_than_a_page_holds_are_all_listed(
    adapter: AlpacaAdapter, account: BrokerAccount, anna: Person, simulator: AlpacaSimulator
) -> None:
    anna.cash = Decimal(10) ** 9
    first = order_of(resting_request(), anna.account_id)
    await adapter.place_order(first)
    model = simulator.order(first.order_id)
    for number in range(620):
        copy = replace(model, id=f"00000000-0000-4000-8000-{number:012d}")  # type: ignore[type-var]
        copy.client_order_id = f"copy-{number}"
        simulator.orders.append(copy)

    listed = await adapter.open_orders(account)

    assert len({line.receipt.broker_order_id for line in listed}) == 621


async def test_history_is_in_the_order_of_the_ends(
    adapter: AlpacaAdapter,
    account: BrokerAccount,
    anna: Person,
    clock: ManualClock,
) -> None:
    early, late = (order_of(resting_request(), anna.account_id) for _ in range(2))
    await adapter.place_order(early)
    clock.advance(1)
    await adapter.place_order(late)
    clock.advance(1)
    await adapter.cancel_order(late)
    clock.advance(1)
    await adapter.cancel_order(early)

    day = timedelta(days=1)
    listed = await adapter.order_history(account, clock.now() - day, clock.now() + day)
    nothing = await adapter.order_history(account, datetime(2020, 1, 1, tzinfo=UTC), NOON - day)

    assert [line.order_id for line in listed] == [early.order_id, late.order_id]
    assert list(nothing) == []
