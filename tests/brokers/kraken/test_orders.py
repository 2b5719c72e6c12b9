"""The life of orders at Kraken: duplicates, parts, changes, and what became of them."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from floorbroker.brokers.kraken.adapter import KrakenAdapter
from floorbroker.domain.errors import (
    ApiError,
    BrokerError,
    NotSent,
    OrderRejected,
    OutcomeUnknown,
)
from floorbroker.domain.instruments import AssetClass, Instrument
from floorbroker.domain.order import Order
from floorbroker.domain.order_life import with_receipt
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import (
    Absent,
    Ambiguous,
    Found,
    OrderChanges,
    OrderType,
    Receipt,
    Side,
    TimeInForce,
)
from floorbroker.domain.portfolio import BrokerAccount
from tests.brokers.kraken.at_kraken import fields_of, order_of, request, resting_request
from tests.fakes.clock import NOON, ManualClock
from tests.simulators.kraken import Fault, KrakenSimulator, Person
from tests.simulators.kraken.form import Form

DEARER = OrderChanges(limit_price=Decimal(51000))


@pytest.fixture
def resting() -> Order:
    return order_of(resting_request(quantity=Decimal("0.5")))


async def looked_at(adapter: KrakenAdapter, order: Order) -> Receipt:
    found = await adapter.find_order(order)
    assert isinstance(found, Found)
    return found.receipt


async def placed(adapter: KrakenAdapter, order: Order) -> Order:
    """`order` as the service stores it once Kraken took it."""
    return with_receipt(order, await adapter.place_order(order), NOON)


async def followed(adapter: KrakenAdapter, order: Order) -> Order:
    """`order` after one more look, as the service stores it."""
    return with_receipt(order, await looked_at(adapter, order), NOON)


def asked(simulator: KrakenSimulator, method: str) -> list[dict[str, str]]:
    return [fields_of(one.body) for one in simulator.received if one.path.endswith(f"/{method}")]


# Placing


@pytest.mark.parametrize(
    ("terms", "shown"),
    [
        ({}, "buy 0.10000000 XBTUSD @ market"),
        ({"side": Side.SELL}, "sell 0.10000000 XBTUSD @ market"),
        (
            {"type": OrderType.LIMIT, "limit_price": Decimal(50000)},
            "buy 0.10000000 XBTUSD @ limit 50000.0",
        ),
        (
            {"type": OrderType.STOP, "stop_price": Decimal(70000)},
            "buy 0.10000000 XBTUSD @ stop loss 70000.0",
        ),
        (
            {
                "type": OrderType.STOP_LIMIT,
                "side": Side.SELL,
                "stop_price": Decimal(55000),
                "limit_price": Decimal(54900),
            },
            "sell 0.10000000 XBTUSD @ stop loss 55000.0 -> limit 54900.0",
        ),
        (
            {"type": OrderType.TRAILING_STOP, "side": Side.SELL, "trail_percent": Decimal(2)},
            "sell 0.10000000 XBTUSD @ trailing stop +2.0000%",
        ),
    ],
)
async def test_every_kind_of_order_arrives_as_it_was_meant(
    adapter: KrakenAdapter,
    simulator: KrakenSimulator,
    anna: Person,
    terms: dict[str, object],
    shown: str,
) -> None:
    simulator.set_balance(anna, "BTC", "1")
    order = order_of(request(**terms))

    receipt = await adapter.place_order(order)

    known = simulator.order(order.order_id)
    assert known.wire()["descr"]["order"] == shown
    assert (receipt.broker_order_id, receipt.state) == (known.txid, OrderState.ACCEPTED)


@pytest.mark.parametrize(
    ("terms", "prices"),
    [
        ({"type": OrderType.LIMIT, "limit_price": Decimal(50000)}, (50000, None)),
        ({"type": OrderType.STOP, "stop_price": Decimal(70000)}, (None, 70000)),
        (
            {
                "type": OrderType.STOP_LIMIT,
                "stop_price": Decimal(70000),
                "limit_price": Decimal(70100),
            },
            (70100, 70000),
        ),
        ({"type": OrderType.TRAILING_STOP, "trail_amount": Decimal(500)}, (None, None)),
    ],
)
async def test_prices_are_read_back_as_what_they_are(
    adapter: KrakenAdapter, terms: dict[str, object], prices: tuple[int | None, int | None]
) -> None:
    stored = await placed(adapter, order_of(request(**terms)))

    told = await looked_at(adapter, stored)

    assert (told.limit_price, told.stop_price) == prices
    assert told.quantity == Decimal("0.1")
    assert with_receipt(stored, told, NOON).request == stored.request


async def test_an_id_that_kraken_knows_already_is_answered_with_the_order_that_lives(
    adapter: KrakenAdapter, resting: Order, simulator: KrakenSimulator
) -> None:
    first = await adapter.place_order(resting)
    again = await adapter.place_order(resting)

    assert again.broker_order_id == first.broker_order_id
    assert len(simulator.orders) == 1


async def test_a_known_id_whose_order_does_not_show_is_unknown(
    adapter: KrakenAdapter, resting: Order, simulator: KrakenSimulator
) -> None:
    simulator.let_reads_lag()
    await adapter.place_order(resting)

    with pytest.raises(OutcomeUnknown):
        await adapter.place_order(resting)

    simulator.let_reads_catch_up()
    assert (await looked_at(adapter, resting)).state is OrderState.ACCEPTED


async def test_a_known_id_that_cannot_be_looked_up_is_unknown(
    adapter: KrakenAdapter, resting: Order, simulator: KrakenSimulator
) -> None:
    await adapter.place_order(resting)
    simulator.fail("/0/private/OpenOrders", Fault.BAD_GATEWAY)

    with pytest.raises(OutcomeUnknown):
        await adapter.place_order(resting)


async def test_an_order_that_kraken_does_not_take_is_not_sent(
    adapter: KrakenAdapter, simulator: KrakenSimulator
) -> None:
    order = order_of(request(stop_loss=Decimal(1)))

    with pytest.raises(NotSent, match="take-profit or stop-loss"):
        await adapter.place_order(order)

    assert simulator.orders_received == 0


async def test_without_the_list_of_pairs_nothing_is_sent(
    adapter: KrakenAdapter, resting: Order, simulator: KrakenSimulator
) -> None:
    simulator.fail("/0/public/AssetPairs", Fault.BAD_GATEWAY)

    with pytest.raises(NotSent, match="does not tell of this pair"):
        await adapter.place_order(resting)

    assert simulator.orders_received == 0


@pytest.mark.parametrize(
    ("symbol", "words"), [("ETH/BTC", "does not tell"), ("QZX/USD", "does not tell")]
)
async def test_a_pair_that_is_not_offered_is_not_sent(
    adapter: KrakenAdapter, simulator: KrakenSimulator, symbol: str, words: str
) -> None:
    other = Instrument(symbol=symbol, asset_class=AssetClass.CRYPTO)

    with pytest.raises(NotSent, match=words):
        await adapter.place_order(order_of(request(instrument=other)))

    assert simulator.orders_received == 0


async def test_immediate_or_cancel_that_finds_nobody_ends_at_once(
    adapter: KrakenAdapter,
) -> None:
    order = await placed(adapter, order_of(resting_request(time_in_force=TimeInForce.IOC)))

    assert (await looked_at(adapter, order)).state is OrderState.CANCELED


# Reading back


async def test_an_order_is_found_by_krakens_id_with_one_question(
    adapter: KrakenAdapter, resting: Order, simulator: KrakenSimulator
) -> None:
    stored = await placed(adapter, resting)
    before = len(simulator.received)

    await looked_at(adapter, stored)

    (one,) = simulator.received[before:]
    assert one.path == "/0/private/QueryOrders"


async def test_without_krakens_id_an_ended_order_is_found_too(
    adapter: KrakenAdapter, resting: Order, simulator: KrakenSimulator
) -> None:
    await adapter.place_order(resting)
    simulator.fill(resting.order_id, None, "50000")

    assert (await looked_at(adapter, resting)).state is OrderState.FILLED


async def test_an_id_that_kraken_does_not_show_yet_is_looked_for_by_ours(
    adapter: KrakenAdapter, resting: Order, simulator: KrakenSimulator
) -> None:
    receipt = await adapter.place_order(resting)
    stale = replace(resting, broker_order_id="OAAAAA-BBBBB-CCCCCC")

    assert (await looked_at(adapter, stale)).broker_order_id == receipt.broker_order_id


async def test_several_orders_of_our_id_are_for_the_person_to_decide(
    adapter: KrakenAdapter, resting: Order, simulator: KrakenSimulator
) -> None:
    await adapter.place_order(resting)
    await adapter.cancel_order(resting)
    await adapter.place_order(resting)  # ids are unique among open orders only

    found = await adapter.find_order(resting)

    assert isinstance(found, Ambiguous)
    assert {one.state for one in found.candidates} == {OrderState.ACCEPTED, OrderState.CANCELED}


async def test_reads_that_lag_say_nothing_but_absent(
    adapter: KrakenAdapter, resting: Order, simulator: KrakenSimulator
) -> None:
    simulator.let_reads_lag()
    await adapter.place_order(resting)
    soon = await adapter.find_order(resting)
    simulator.let_reads_catch_up()

    assert soon == Absent()
    assert (await looked_at(adapter, resting)).state is OrderState.ACCEPTED


@pytest.mark.parametrize("fault", [Fault.BAD_GATEWAY, Fault.EMPTY_OBJECT, Fault.LIST, Fault.CLOSE])
@pytest.mark.parametrize("path", ["OpenOrders", "ClosedOrders"])
async def test_an_order_that_cannot_be_read_is_not_absent(
    adapter: KrakenAdapter, resting: Order, simulator: KrakenSimulator, fault: Fault, path: str
) -> None:
    simulator.fail(f"/0/private/{path}", fault)

    with pytest.raises(BrokerError):
        await adapter.find_order(resting)


async def test_a_list_with_orders_of_others_is_not_the_answer_to_our_question(
    adapter: KrakenAdapter, resting: Order, simulator: KrakenSimulator
) -> None:
    other = order_of(resting_request())
    await adapter.place_order(other)
    simulator._desk.orders[0].cl_ord_id = str(resting.order_id)
    simulator._shelf.lag()
    (shown,) = simulator._shelf._frozen or []
    shown.entry["cl_ord_id"] = "somebody-elses"

    with pytest.raises(ApiError):
        await adapter.find_order(resting)


async def test_an_answer_about_another_order_says_nothing_about_ours(
    adapter: KrakenAdapter, resting: Order, simulator: KrakenSimulator
) -> None:
    stored = await placed(adapter, resting)
    simulator.order(resting.order_id).cl_ord_id = "somebody-elses"

    with pytest.raises(ApiError):
        await adapter.find_order(stored)


@pytest.mark.parametrize("word", ["pending", "marinating"])
async def test_a_state_that_nobody_knows_is_looked_at_again(
    adapter: KrakenAdapter, resting: Order, simulator: KrakenSimulator, word: str
) -> None:
    stored = await placed(adapter, resting)
    simulator.order(resting.order_id).status = word

    assert (await looked_at(adapter, stored)).state is OrderState.ACCEPTED


@pytest.mark.parametrize(
    ("status", "reason", "state", "words"),
    [
        ("canceled", "User requested", OrderState.CANCELED, ""),
        ("canceled", "Post only order", OrderState.CANCELED, "Post only order"),
        ("canceled", None, OrderState.CANCELED, ""),
        ("expired", None, OrderState.EXPIRED, ""),
        ("closed", None, OrderState.CANCELED, "Kraken closed it with 0 of 0.5 filled."),
    ],
)
async def test_an_end_is_told_with_krakens_reason(
    adapter: KrakenAdapter,
    resting: Order,
    simulator: KrakenSimulator,
    status: str,
    reason: str | None,
    state: OrderState,
    words: str,
) -> None:
    stored = await placed(adapter, resting)
    simulator.set_status(resting.order_id, status, reason)

    told = await looked_at(adapter, stored)

    assert (told.state, told.reason) == (state, words)


# Fills


async def test_a_growing_order_is_never_counted_twice(
    adapter: KrakenAdapter, resting: Order, simulator: KrakenSimulator, clock: ManualClock
) -> None:
    stored = await placed(adapter, resting)
    seen = []
    for part, price in (("0.1", "50000"), ("0.25", "49900"), ("0.15", "49800")):
        simulator.fill(resting.order_id, part, price)
        stale = await looked_at(adapter, resting)  # a reader that knows of no fills yet
        stored = await followed(adapter, stored)
        seen.append((stored.state, stored.filled_quantity, sum(f.quantity for f in stale.fills)))
        clock.advance(30)

    assert seen == [
        (OrderState.PARTIALLY_FILLED, Decimal("0.1"), Decimal("0.1")),
        (OrderState.PARTIALLY_FILLED, Decimal("0.35"), Decimal("0.35")),
        (OrderState.FILLED, Decimal("0.5"), Decimal("0.5")),
    ]
    assert [fill.price for fill in stored.fills] == [50000, 49900, 49800]
    assert [fill.fill_id for fill in stored.fills] == [
        trade.txid for trade in simulator.order(resting.order_id).trades
    ]


async def test_fees_are_those_of_the_trades_in_the_quote_currency(
    adapter: KrakenAdapter, simulator: KrakenSimulator
) -> None:
    stored = await followed(adapter, await placed(adapter, order_of(request())))

    assert stored.state is OrderState.FILLED
    assert sum(fill.fee for fill in stored.fills) == Decimal("48.008")  # 0.80 % of 6,001
    assert {fill.fee_currency for fill in stored.fills} == {"USD"}
    assert stored.fills[0].at == NOON


async def test_known_fills_are_not_asked_for_again(
    adapter: KrakenAdapter, resting: Order, simulator: KrakenSimulator
) -> None:
    stored = await placed(adapter, resting)
    simulator.fill(resting.order_id, "0.1", "50000")
    stored = await followed(adapter, stored)
    simulator.fill(resting.order_id, "0.2", "50000")
    stored = await followed(adapter, stored)
    await followed(adapter, stored)

    trades = [trade.txid for trade in simulator.order(resting.order_id).trades]
    assert [one["txid"] for one in asked(simulator, "QueryTrades")] == trades


async def test_fifty_fills_are_read_twenty_at_a_time(
    adapter: KrakenAdapter, resting: Order, simulator: KrakenSimulator
) -> None:
    stored = await placed(adapter, resting)
    for _ in range(50):
        simulator.fill(resting.order_id, "0.01", "50000")

    told = await looked_at(adapter, stored)

    assert told.state is OrderState.FILLED
    assert len(told.fills) == 50
    assert len(asked(simulator, "QueryTrades")) == 3


async def test_a_canceled_order_keeps_what_was_filled_before(
    adapter: KrakenAdapter, resting: Order, simulator: KrakenSimulator
) -> None:
    stored = await placed(adapter, resting)
    simulator.fill(resting.order_id, "0.2", "50000")
    await adapter.cancel_order(stored)

    told = await looked_at(adapter, stored)

    assert told.state is OrderState.CANCELED
    assert [(fill.quantity, fill.price) for fill in told.fills] == [(Decimal("0.2"), 50000)]


async def test_an_end_waits_for_its_trades_and_then_does_without(
    adapter: KrakenAdapter, simulator: KrakenSimulator, clock: ManualClock
) -> None:
    stored = await placed(adapter, order_of(request()))
    known = simulator.order(stored.order_id)
    simulator._shelf.lag()
    (shown,) = simulator._shelf._frozen or []
    object.__setattr__(shown, "trades", ())

    soon = await looked_at(adapter, stored)
    clock.advance(180)
    late = await looked_at(adapter, stored)
    after = with_receipt(stored, late, NOON)

    assert (soon.state, soon.fills) == (OrderState.ACCEPTED, ())
    assert late.state is OrderState.FILLED
    (whole,) = late.fills
    assert (whole.quantity, whole.price, whole.fee) == (known.executed, 60010, known.fee)
    simulator.let_reads_catch_up()
    assert (await looked_at(adapter, after)).fills == late.fills


async def test_trades_that_cannot_be_read_leave_the_look_undone(
    adapter: KrakenAdapter, simulator: KrakenSimulator
) -> None:
    stored = await placed(adapter, order_of(request()))
    simulator.fail("/0/private/QueryTrades", Fault.UNAVAILABLE)

    with pytest.raises(ApiError):
        await adapter.find_order(stored)


# Cancels


async def test_a_cancel_is_asked_once_by_krakens_id(
    adapter: KrakenAdapter, resting: Order, simulator: KrakenSimulator
) -> None:
    stored = await placed(adapter, resting)

    await adapter.cancel_order(stored)

    assert asked(simulator, "CancelOrder") == [{"txid": stored.broker_order_id}]
    assert (await looked_at(adapter, stored)).state is OrderState.CANCELED


async def test_without_krakens_id_a_cancel_goes_by_ours(
    adapter: KrakenAdapter, resting: Order, simulator: KrakenSimulator
) -> None:
    await adapter.place_order(resting)

    await adapter.cancel_order(resting)

    assert asked(simulator, "CancelOrder") == [{"cl_ord_id": resting.order_id}]


async def test_a_cancel_that_waits_is_taken_and_a_second_one_is_no_refusal(
    adapter: KrakenAdapter, resting: Order, simulator: KrakenSimulator
) -> None:
    stored = await placed(adapter, resting)
    simulator.let_cancels_wait()

    await adapter.cancel_order(stored)
    await adapter.cancel_order(stored)
    before = await looked_at(adapter, stored)
    simulator.finish_cancels()

    assert before.state is OrderState.ACCEPTED
    assert (await looked_at(adapter, stored)).state is OrderState.CANCELED


async def test_an_ended_order_cannot_be_canceled(
    adapter: KrakenAdapter, resting: Order, simulator: KrakenSimulator
) -> None:
    stored = await placed(adapter, resting)
    simulator.fill(resting.order_id, None, "50000")

    with pytest.raises(OrderRejected, match="no open order of this id"):
        await adapter.cancel_order(stored)


@pytest.mark.parametrize("broker_order_id", ["", "12345", "../orders", "ORDER", "all"])
async def test_what_is_no_id_of_krakens_is_never_asked_about(
    adapter: KrakenAdapter, resting: Order, simulator: KrakenSimulator, broker_order_id: str
) -> None:
    await adapter.place_order(resting)
    stored = replace(resting, broker_order_id=broker_order_id)

    with pytest.raises(NotSent):
        await adapter.cancel_order(stored)
    if broker_order_id:
        with pytest.raises(NotSent):
            await adapter.modify_order(stored, DEARER)

    assert simulator.cancels_received + simulator.modifies_received == 0
    assert not simulator.order(resting.order_id).ended


# Changes


async def test_a_change_is_asked_once_and_keeps_krakens_id(
    adapter: KrakenAdapter, resting: Order, simulator: KrakenSimulator
) -> None:
    stored = await placed(adapter, resting)

    changed = await adapter.modify_order(stored, DEARER)

    assert asked(simulator, "AmendOrder") == [
        {"txid": stored.broker_order_id, "limit_price": "51000"}
    ]
    assert changed.broker_order_id == stored.broker_order_id
    assert (changed.state, changed.limit_price) == (OrderState.ACCEPTED, 51000)
    told = await looked_at(adapter, stored)
    assert (told.limit_price, told.quantity) == (51000, Decimal("0.5"))


async def test_quantity_and_trigger_are_changed_in_place(
    adapter: KrakenAdapter, simulator: KrakenSimulator
) -> None:
    stop = order_of(
        request(type=OrderType.STOP_LIMIT, stop_price=Decimal(70000), limit_price=Decimal(70100))
    )
    stored = await placed(adapter, stop)

    await adapter.modify_order(
        stored, OrderChanges(quantity=Decimal("0.2"), stop_price=Decimal(71000))
    )

    told = await looked_at(adapter, stored)
    assert (told.quantity, told.stop_price, told.limit_price) == (Decimal("0.2"), 71000, 70100)


async def test_a_partly_filled_order_stays_so_when_it_is_changed(
    adapter: KrakenAdapter, resting: Order, simulator: KrakenSimulator
) -> None:
    stored = await placed(adapter, resting)
    simulator.fill(resting.order_id, "0.1", "50000")
    stored = await followed(adapter, stored)

    changed = await adapter.modify_order(stored, DEARER)

    assert changed.state is OrderState.PARTIALLY_FILLED
    stored = await followed(adapter, with_receipt(stored, changed, NOON))
    assert stored.filled_quantity == Decimal("0.1")


async def test_a_change_that_kraken_refuses_leaves_the_order_as_it_was(
    adapter: KrakenAdapter, resting: Order
) -> None:
    stored = await placed(adapter, resting)

    with pytest.raises(OrderRejected):
        await adapter.modify_order(stored, OrderChanges(quantity=Decimal("0.00001")))

    assert (await looked_at(adapter, stored)).quantity == Decimal("0.5")


@pytest.mark.parametrize("fault", [None, Fault.BAD_GATEWAY])
async def test_an_order_that_kraken_does_not_show_cannot_be_changed(
    adapter: KrakenAdapter, resting: Order, simulator: KrakenSimulator, fault: Fault | None
) -> None:
    if fault is not None:
        simulator.fail("read", fault)

    with pytest.raises(NotSent):
        await adapter.modify_order(resting, DEARER)

    assert simulator.modifies_received == 0


# Previews


async def test_a_preview_is_checked_by_kraken_and_becomes_no_order(
    adapter: KrakenAdapter, simulator: KrakenSimulator
) -> None:
    preview = await adapter.preview_order(order_of(request()))

    assert (preview.cost, preview.fees) == (Decimal("6001.0"), Decimal("48.008"))
    assert (simulator.orders, simulator.orders_received) == ([], 0)
    assert simulator.validations_received == 1
    (body,) = simulator.orders_bodies
    assert Form.of_body(body).text("validate") == "true"


async def test_a_preview_at_a_limit_costs_what_the_limit_says(adapter: KrakenAdapter) -> None:
    preview = await adapter.preview_order(order_of(resting_request()))

    assert (preview.cost, preview.fees) == (5000, 40)


async def test_what_kraken_would_refuse_is_told_before(adapter: KrakenAdapter) -> None:
    with pytest.raises(OrderRejected, match="volume minimum not met"):
        await adapter.preview_order(order_of(request(quantity=Decimal("0.00001"))))


@pytest.mark.parametrize("fault", [Fault.BAD_GATEWAY, Fault.CLOSE, Fault.EMPTY_OBJECT])
async def test_a_preview_that_fails_is_no_order_in_doubt(
    adapter: KrakenAdapter, simulator: KrakenSimulator, fault: Fault
) -> None:
    simulator.fail("/0/private/AddOrder", fault)

    with pytest.raises(BrokerError) as failed:
        await adapter.preview_order(order_of(request()))

    assert not isinstance(failed.value, OutcomeUnknown)


async def test_words_that_prove_nothing_are_no_refusal_of_a_preview(
    adapter: KrakenAdapter, simulator: KrakenSimulator
) -> None:
    simulator.refuse("/0/private/AddOrder", "EService:Unavailable")

    with pytest.raises(ApiError):
        await adapter.preview_order(order_of(request()))


# Lists


async def test_lists_tell_ours_from_others(
    adapter: KrakenAdapter, account: BrokerAccount, resting: Order, simulator: KrakenSimulator
) -> None:
    other = order_of(resting_request(limit_price=Decimal(40000)))
    await adapter.place_order(resting)
    await adapter.place_order(other)
    simulator.order(other.order_id).cl_ord_id = ""
    simulator.fill(resting.order_id, "0.2", "50000")

    listed = await adapter.open_orders(account)

    by_id = {line.order_id: line for line in listed}
    assert by_id.keys() == {resting.order_id, None}
    assert by_id[resting.order_id].description == "Buy 0.5 BTC/USD limit 50000 gtc"
    assert sum(f.quantity for f in by_id[resting.order_id].receipt.fills) == Decimal("0.2")
    assert by_id[None].instrument.symbol == "BTC/USD"


async def test_history_is_in_the_order_of_the_ends_and_within_its_range(
    adapter: KrakenAdapter,
    account: BrokerAccount,
    simulator: KrakenSimulator,
    clock: ManualClock,
) -> None:
    orders = [order_of(resting_request()) for _ in range(3)]
    for order in orders:
        await adapter.place_order(order)
    for order in reversed(orders):
        clock.advance(60)
        simulator.fill(order.order_id, None, "50000")
    since = NOON + timedelta(seconds=90)

    listed = await adapter.order_history(account, since, clock.now())

    assert [line.order_id for line in listed] == [orders[0].order_id, orders[1].order_id]
    assert all(line.receipt.state is OrderState.FILLED for line in listed)


async def test_a_long_history_is_read_page_by_page_as_far_as_the_limit_lets(
    adapter: KrakenAdapter,
    account: BrokerAccount,
    anna: Person,
    simulator: KrakenSimulator,
    clock: ManualClock,
) -> None:
    anna.balances["ZUSD"] = Decimal(10) ** 9
    simulator.limit_rate()
    order = order_of(resting_request())
    await adapter.place_order(order)
    model = simulator.order(order.order_id)
    for number in range(620):
        copy = replace(model, txid=f"OAAAAA-BBBBB-{number:06d}", cl_ord_id="")  # type: ignore[type-var]
        copy.end("canceled", clock.now() - timedelta(seconds=number), "User requested")
        simulator.orders.append(copy)
    clock.advance(600)

    listed = await adapter.order_history(account, NOON - timedelta(days=1), clock.now())

    ids = [line.receipt.broker_order_id for line in listed]
    assert 200 <= len(ids) <= 500
    assert len(ids) == len(set(ids))
    assert [line.at for line in listed] == sorted((line.at for line in listed), reverse=True)


async def test_a_pair_that_is_listed_no_more_does_not_hide_its_orders(
    adapter: KrakenAdapter, account: BrokerAccount, resting: Order, simulator: KrakenSimulator
) -> None:
    await adapter.place_order(resting)
    simulator._shelf.lag()
    (shown,) = simulator._shelf._frozen or []
    shown.entry["descr"]["pair"] = "GONEUSD"

    (line,) = await adapter.open_orders(account)

    assert line.instrument.symbol == "GONEUSD"
