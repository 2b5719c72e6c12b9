"""The limits of three scopes, at the review and again at Confirm; what closes passes them."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from floorbroker.brokers.registry import get_broker
from floorbroker.brokers.spec import Capability
from floorbroker.domain.error_codes import ErrorCode
from floorbroker.domain.errors import DraftExpired, LimitExceeded, PolicyRefused
from floorbroker.domain.ids import BrokerId
from floorbroker.domain.instruments import AssetClass, Instrument
from floorbroker.domain.order import Order
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import OrderChanges, OrderRequest, Side
from floorbroker.domain.own_limits import OwnLimits, StandingLimits
from floorbroker.services import preflight
from floorbroker.services.callers import Caller
from tests.fakes.clock import ManualClock
from tests.fakes.exchange.venue import AAPL, ACCOUNT, Venue, held
from tests.floor import ANNA, BEN, EXCHANGE, SERVER, House, caller, settings
from tests.services.conftest import Build

D = Decimal
EVERY: Mapping[str, Mapping[str, Any]] = {
    "max_order_value": {"max_order_value": D(100)},
    "max_position_value": {"max_position_value": D(100)},
    "max_orders_per_day": {"max_orders_per_day": 1},
    "max_daily_loss": {"max_daily_loss": D(1)},
    "max_concentration_percent": {"max_concentration_percent": D("0.1")},
    "allowed_symbols": {"allowed_symbols": frozenset({"MSFT"})},
    "denied_symbols": {"denied_symbols": frozenset({"AAPL"})},
    "only_in_market_hours": {"only_in_market_hours": True},
}
"""One limit each that an order for 10 AAPL at 100 breaks, in a venue that is closed and lost 5."""

CODES = {
    "max_position_value": ErrorCode.POSITION_SIZE_EXCEEDED,
    "max_concentration_percent": ErrorCode.POSITION_SIZE_EXCEEDED,
    "max_daily_loss": ErrorCode.DAILY_LOSS_LIMIT,
    "allowed_symbols": ErrorCode.POLICY,
    "denied_symbols": ErrorCode.POLICY,
    "only_in_market_hours": ErrorCode.MARKET_CLOSED,
}


def saying(**limits: Any) -> StandingLimits:
    return StandingLimits(now=OwnLimits(**limits))


async def set_by(house: House, scope: str, limits: Mapping[str, Any]) -> None:
    if scope == "your own":
        await house.choose(ANNA, limits=saying(**limits))
    else:
        await house.rule(limits=saying(**limits))


def here() -> Caller:
    """Anna at a command in the server."""
    return caller(guild_id=SERVER)


@pytest.fixture
def house(build: Build, venue: Venue) -> House:
    venue.market_open, venue.day_profit = False, D(-5)
    return build(venue=venue)


@pytest.fixture
async def bought_before(house: House) -> Order:
    """One order of this day, so that a count of one is used up."""
    await house.link()
    return await house.confirm(await house.draft(here(), quantity="1", limit="90.00"))


@pytest.mark.usefixtures("bought_before")
@pytest.mark.parametrize("scope", ["your own", "this server's"])
@pytest.mark.parametrize("name", EVERY)
async def test_a_limit_of_a_person_or_a_server_stops_the_review(
    house: House, venue: Venue, name: str, scope: str
) -> None:
    await set_by(house, scope, EVERY[name])

    with pytest.raises(LimitExceeded, match=scope) as refused:
        await house.draft(here())

    assert refused.value.code is CODES.get(name, ErrorCode.RISK_LIMIT_EXCEEDED)
    assert venue.count("place_order") == 1


@pytest.mark.usefixtures("bought_before")
@pytest.mark.parametrize("scope", ["your own", "this server's"])
@pytest.mark.parametrize("name", EVERY)
async def test_a_limit_that_was_set_after_the_review_stops_the_order(
    house: House, venue: Venue, name: str, scope: str
) -> None:
    draft = await house.draft(here())
    await set_by(house, scope, EVERY[name])

    with pytest.raises(LimitExceeded, match=scope) as refused:
        await house.confirm(draft, here())

    assert refused.value.code is CODES.get(name, ErrorCode.RISK_LIMIT_EXCEEDED)
    assert venue.count("place_order") == 1
    assert (await house.stored(draft)).state is OrderState.DRAFT


@pytest.mark.parametrize("name", EVERY)
async def test_no_limit_of_anybody_hinders_a_close(
    build: Build, venue: Venue, clock: ManualClock, name: str
) -> None:
    everybodys = {
        key: ",".join(value) if isinstance(value, frozenset) else "on" if value is True else value
        for key, value in EVERY[name].items()
    }
    house = build(venue=venue, chosen=settings(**everybodys))
    await house.link()
    await set_by(house, "your own", EVERY[name])
    await set_by(house, "this server's", EVERY[name])
    venue.positions = (held(10, clock.now()),)
    venue.market_open, venue.day_profit = False, D(-5)

    for _ in range(2):
        draft = await house.drafts.draft_close(here(), "AAPL", "5", None)
        closed = await house.confirm(draft, here())
        assert closed.state is OrderState.ACCEPTED

    assert venue.count("place_order") == 2


async def test_a_close_keeps_to_the_operators_collar_and_to_nobody_elses(
    house: House, venue: Venue, clock: ManualClock
) -> None:
    await house.link()
    for scope in ("your own", "this server's"):
        await set_by(house, scope, {"price_collar_percent": D("0.01")})
    venue.positions = (held(10, clock.now()),)
    sale: dict[str, Any] = {"side": Side.SELL, "quantity": "5"}

    fine = await house.draft(here(), limit="97.00", **sale)
    with pytest.raises(LimitExceeded, match="the operator's"):
        await house.draft(here(), limit="90.00", **sale)

    assert (await house.confirm(fine, here())).state is OrderState.ACCEPTED


async def test_a_close_goes_out_though_the_days_loss_cannot_be_read(
    build: Build, venue: Venue, clock: ManualClock
) -> None:
    house = build(venue=venue, chosen=settings(max_daily_loss=1))
    await house.link()
    venue.positions = (held(10, clock.now()),)
    draft = await house.drafts.draft_close(here(), "AAPL", None, None)
    asked = venue.count("balances")

    assert (await house.confirm(draft, here())).state is OrderState.ACCEPTED

    assert venue.count("balances") == asked


@pytest.mark.usefixtures("bought_before")
@pytest.mark.parametrize("name", EVERY)
async def test_a_cancel_is_never_hindered(house: House, bought_before: Order, name: str) -> None:
    for scope in ("your own", "this server's"):
        await set_by(house, scope, EVERY[name])
    await house.rule(brokers=frozenset({BrokerId("paper")}), roles=frozenset({"1"}))

    canceled = await house.changes.cancel(here(), bought_before.order_id)

    assert canceled.state is OrderState.CANCELED


async def test_other_terms_keep_to_the_tightest_limits(house: House, bought_before: Order) -> None:
    await set_by(house, "your own", {"max_order_value": D(400)})
    await set_by(house, "this server's", {"max_order_value": D(200)})

    for by, words in ((here(), "this server's"), (caller(), "your own")):
        with pytest.raises(LimitExceeded, match=words):
            await house.changes.modify(by, bought_before.order_id, OrderChanges(quantity=D(5)))


async def test_a_servers_limits_hold_in_it_and_nowhere_else(house: House, venue: Venue) -> None:
    await house.link()
    await house.link(BEN)
    await house.rule(limits=saying(max_order_value=D(100)))

    for elsewhere in (caller(), caller(guild_id="another server")):
        assert (await house.draft(elsewhere)).state is OrderState.DRAFT
    with pytest.raises(LimitExceeded, match="this server's"):
        await house.draft(caller(BEN, guild_id=SERVER))


async def test_somebody_elses_limits_are_not_mine(house: House) -> None:
    await house.link()
    await house.choose(BEN, limits=saying(max_order_value=D(1)))

    assert (await house.draft()).state is OrderState.DRAFT


async def test_the_tightest_of_the_three_is_the_one_that_is_named(house: House) -> None:
    await house.link()
    await set_by(house, "your own", {"max_order_value": D(500)})
    await set_by(house, "this server's", {"max_order_value": D(300)})

    with pytest.raises(LimitExceeded, match=r"\$300\.00, this server's"):
        await house.draft(here())


RULES: Mapping[str, tuple[Mapping[str, Any], str]] = {
    "brokers": ({"brokers": frozenset({BrokerId("paper")})}, "orders at Alpaca"),
    "roles": ({"roles": frozenset({"7"})}, "certain roles"),
    "channels": ({"channels": frozenset({"8"})}, "other channels"),
}


@pytest.mark.parametrize("rule", RULES)
async def test_a_rule_of_the_server_stops_review_and_order(
    house: House, venue: Venue, rule: str
) -> None:
    rules, words = RULES[rule]
    await house.link()
    draft = await house.draft(here())
    await house.rule(**rules)

    for act in (house.draft(here()), house.confirm(draft, here())):
        with pytest.raises(PolicyRefused, match=words):
            await act

    assert venue.count("place_order") == 0
    assert (await house.draft(caller())).state is OrderState.DRAFT


@pytest.mark.parametrize("rule", RULES)
async def test_a_rule_of_the_server_never_hinders_a_close(
    house: House, venue: Venue, clock: ManualClock, rule: str
) -> None:
    await house.link()
    await house.rule(**RULES[rule][0])
    venue.positions = (held(10, clock.now()),)

    draft = await house.drafts.draft_close(here(), "AAPL", None, None)

    assert (await house.confirm(draft, here())).state is OrderState.ACCEPTED


async def test_who_keeps_to_every_rule_trades(house: House) -> None:
    await house.link()
    await house.rule(
        brokers=frozenset({EXCHANGE}), roles=frozenset({"7", "70"}), channels=frozenset({"8"})
    )
    fit = replace(here(), role_ids=frozenset({"7", "5"}), channel_ids=frozenset({"8", "80"}))

    draft = await house.draft(fit)

    assert (await house.confirm(draft, fit)).state is OrderState.ACCEPTED


async def test_a_role_that_was_taken_away_since_the_review_stops_the_order(
    house: House, venue: Venue
) -> None:
    await house.link()
    await house.rule(roles=frozenset({"7"}))
    with_role = replace(here(), role_ids=frozenset({"7"}))
    draft = await house.draft(with_role)

    with pytest.raises(PolicyRefused):
        await house.confirm(draft, replace(with_role, role_ids=frozenset()))

    assert venue.count("place_order") == 0


async def test_an_order_near_a_limit_says_so_on_its_card(house: House) -> None:
    await house.link()
    await set_by(house, "your own", {"max_order_value": D(1100), "max_daily_loss": D(6)})

    notes = (await house.draft()).review.notes

    assert any("near its limit: $1,050.00 of $1,100.00 (your own limit)" in one for one in notes)
    assert any("$5.00 of $6.00" in one and "by your broker's figure" in one for one in notes)


async def test_a_closed_market_is_only_a_note_without_the_rule(house: House) -> None:
    await house.link()

    notes = (await house.draft()).review.notes

    assert any(note.startswith("The market is closed now.") for note in notes)


async def test_hours_that_no_broker_tells_are_not_taken_for_open(house: House) -> None:
    link = await house.link()
    silent = get_broker(EXCHANGE).capabilities - {Capability.MARKET_HOURS}
    spec = replace(get_broker(EXCHANGE), capabilities=silent)
    coin = Instrument(symbol="BTC/USD", asset_class=AssetClass.CRYPTO)
    buys = [OrderRequest(instrument=one, side=Side.BUY, quantity=D(1)) for one in (AAPL, coin)]

    async with house.sessions.lease(link) as adapter:
        shares, coins = [
            await preflight.look(adapter, spec, ACCOUNT, buy, house.desk.hours) for buy in buys
        ]

    assert shares.market_open is None
    assert coins.market_open is True


async def test_a_share_of_an_account_without_equity_is_refused_where_it_is_limited(
    house: House, venue: Venue
) -> None:
    await house.link()
    venue.equity = D(0)
    await set_by(house, "your own", {"max_concentration_percent": D(50)})

    with pytest.raises(LimitExceeded, match="Concentration cannot be computed"):
        await house.draft()


async def test_a_draft_that_does_not_tell_what_its_limits_looked_at_is_not_sent(
    house: House, venue: Venue
) -> None:
    await house.link()
    draft = await house.draft()
    older = replace(draft, review=replace(draft.review, weighed=None))
    assert await house.stored_orders.advance(draft, older)

    with pytest.raises(DraftExpired):
        await house.confirm(draft)

    assert venue.count("place_order") == 0


async def test_no_limit_costs_a_call_that_it_does_not_need(house: House, venue: Venue) -> None:
    await house.link()
    draft = await house.draft()
    venue.requests.clear()

    await house.confirm(draft)

    assert venue.requests == ["place_order"]
