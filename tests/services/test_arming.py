"""An order is armed by two clicks of its own person, once, for a while; and disarmed at once."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from floorbroker.domain.errors import (
    DraftExpired,
    FloorbrokerError,
    InvalidInput,
    LimitExceeded,
    NotYours,
    Paused,
    PolicyRefused,
    StoreUnavailable,
)
from floorbroker.domain.ids import AccountId
from floorbroker.domain.modes import Environment
from floorbroker.domain.money import usd
from floorbroker.domain.orders import Side
from floorbroker.domain.own_alerts import OwnAlert
from floorbroker.domain.placing import LONGEST, MOST_ARMED, QUESTION, Stage
from floorbroker.domain.portfolio import BrokerAccount
from floorbroker.services.alert_wishes import Wishes
from floorbroker.services.link_requests import Wanted
from tests.fakes.clock import ManualClock
from tests.fakes.exchange.venue import AAPL, ACCOUNT, Venue
from tests.fakes.flaky_documents import FlakyDocuments
from tests.floor import ANNA, BEN, EXCHANGE, KEYED, SERVER, House, caller
from tests.services.armed import ORDER, allowing, armed, fires, live
from tests.services.conftest import Build
from tests.services.own_alerts import Lookout, lookout


@pytest.fixture
def house(build: Build, venue: Venue) -> House:
    return build(venue=venue, chosen=allowing())


@pytest.fixture
async def out(house: House) -> Lookout:
    """Anna has one account, at the exchange."""
    await house.link()
    return lookout(house)


async def asked(out: Lookout, **wishes: Any) -> OwnAlert:
    """Its first step: the card that asks."""
    alert = await out.alert(**{**ORDER, **wishes})
    return await out.arming.ask(caller(), alert.alert_id)


def named(alert: OwnAlert) -> str:
    assert alert.placing is not None
    return alert.placing.placing_id


async def test_the_card_shows_the_exact_order_and_arms_nothing(
    out: Lookout, venue: Venue, clock: ManualClock
) -> None:
    venue.rules = replace(venue.rules, price_tick=Decimal("0.5"))

    alert = await asked(out, quantity="10.7", limit="111.20")

    assert alert.placing is not None
    request = alert.placing.request
    assert (request.quantity, request.limit_price) == (Decimal(10), Decimal("111.0"))
    assert alert.placing.worth == usd("1110.0")
    assert alert.placing.until == clock.now() + QUESTION
    assert await out.arming.armed(ANNA) == 0


async def test_confirm_arms_it_for_a_week_or_until_the_alert_ends(
    out: Lookout, clock: ManualClock
) -> None:
    long, short = await armed(out), await armed(out, price="120", days=2)

    assert long.placing is not None
    assert short.placing is not None
    assert long.placing.until == clock.now() + LONGEST
    assert short.placing.until == clock.now() + timedelta(days=2)
    assert await out.arming.armed(ANNA) == 2


async def test_two_clicks_at_once_in_two_processes_arm_it_once(
    build: Build, out: Lookout, venue: Venue, clock: ManualClock
) -> None:
    other = lookout(build(venue=venue, chosen=allowing()))
    alert = await asked(out)

    answers = await asyncio.gather(
        *(
            process.arming.confirm(caller(), alert.alert_id, named(alert))
            for process in (out, other, out)
        )
    )

    assert len({one.version for one in answers}) == 1
    clock.advance(60)
    again = await out.arming.confirm(caller(), alert.alert_id, named(alert))
    assert again == answers[0]


async def test_the_same_click_delivered_twice_asks_once(out: Lookout) -> None:
    alert, by = await out.alert(**ORDER), caller()

    answers = await asyncio.gather(*(out.arming.ask(by, alert.alert_id) for _ in range(3)))

    assert len({named(one) for one in answers}) == 1


# What is too late, or another's


async def test_a_card_that_is_too_old_arms_nothing(out: Lookout, clock: ManualClock) -> None:
    alert = await asked(out)
    clock.advance(QUESTION.total_seconds())

    with pytest.raises(DraftExpired, match="out of date"):
        await out.arming.confirm(caller(), alert.alert_id, named(alert))

    assert await out.arming.armed(ANNA) == 0


async def test_a_card_of_before_the_clock_was_set_back_arms_nothing(
    out: Lookout, clock: ManualClock
) -> None:
    alert = await asked(out)
    clock.leap(-60)

    with pytest.raises(DraftExpired):
        await out.arming.confirm(caller(), alert.alert_id, named(alert))


async def test_an_older_card_arms_nothing(out: Lookout) -> None:
    first = await asked(out)
    second = await out.arming.ask(caller(), first.alert_id)

    with pytest.raises(DraftExpired):
        await out.arming.confirm(caller(), first.alert_id, named(first))
    assert (await out.arming.confirm(caller(), second.alert_id, named(second))).stage is Stage.ARMED


async def test_nobody_else_arms_or_disarms_it(out: Lookout, house: House) -> None:
    await house.link(BEN)
    alert = await asked(out)

    for step in (
        out.arming.ask(caller(BEN), alert.alert_id),
        out.arming.confirm(caller(BEN), alert.alert_id, named(alert)),
        out.arming.disarm(BEN, alert.alert_id),
    ):
        with pytest.raises(NotYours):
            await step


async def test_one_that_has_fired_since_is_not_armed(out: Lookout, venue: Venue) -> None:
    alert = await asked(out)
    await fires(out, venue)

    with pytest.raises(DraftExpired):
        await out.arming.confirm(caller(), alert.alert_id, named(alert))
    with pytest.raises(InvalidInput, match="fired or ended"):
        await out.arming.ask(caller(), alert.alert_id)


async def test_a_decision_is_used_up_by_disarming(out: Lookout) -> None:
    by = caller()
    alert = await out.alert(**ORDER)
    alert = await out.arming.ask(by, alert.alert_id)
    await out.arming.confirm(caller(), alert.alert_id, named(alert))

    await out.arming.disarm(ANNA, alert.alert_id)

    with pytest.raises(DraftExpired):  # the click of before, delivered again
        await out.arming.confirm(caller(), alert.alert_id, named(alert))
    with pytest.raises(DraftExpired):
        await out.arming.ask(by, alert.alert_id)
    assert await out.arming.armed(ANNA) == 0
    anew = await out.arming.ask(caller(), alert.alert_id)
    assert (await out.arming.confirm(caller(), anew.alert_id, named(anew))).stage is Stage.ARMED


async def test_a_store_that_fails_arms_nothing_unseen(out: Lookout, store: FlakyDocuments) -> None:
    alert = await asked(out)
    store.fail("replace", "alerts", times=1)

    with pytest.raises(FloorbrokerError):
        await out.arming.confirm(caller(), alert.alert_id, named(alert))

    assert (await out.now(alert)).stage is Stage.ASKED


async def test_a_store_whose_answer_is_lost_is_not_taken_for_one_that_armed_nothing(
    out: Lookout, store: FlakyDocuments
) -> None:
    alert = await asked(out)
    store.fail("replace", "alerts", times=1, done=True)

    with pytest.raises(StoreUnavailable, match="cannot tell whether it is armed"):
        await out.arming.confirm(caller(), alert.alert_id, named(alert))

    assert (await out.now(alert)).stage is Stage.ARMED


# What cannot be armed


@pytest.mark.parametrize(
    ("wishes", "why"),
    [
        ({"side": None, "quantity": None, "limit": None}, "carries no order"),
        ({"limit": None}, "Only a limit order"),
        ({"quantity": None, "amount": "500"}, "Only a limit order"),
        ({"limit": "90", "stop": "95", "side": Side.SELL}, "Only a limit order"),
        ({"repeat": True}, "repeats"),
    ],
    ids=["no order", "market", "an amount", "a stop", "repeats"],
)
async def test_only_one_limit_order_of_a_fixed_size_can_be_armed(
    out: Lookout, wishes: dict[str, Any], why: str
) -> None:
    alert = await out.alert(**{**ORDER, **wishes})

    assert not out.arming.offered(alert)
    with pytest.raises(InvalidInput, match=why):
        await out.arming.ask(caller(), alert.alert_id)


async def test_without_the_operators_word_nothing_is_offered_or_armed(
    build: Build, out: Lookout, venue: Venue
) -> None:
    strict = lookout(build(venue=venue))
    alert = await asked(out)

    assert out.arming.offered(alert)
    assert not strict.arming.offered(alert)
    with pytest.raises(PolicyRefused, match="has not allowed alerts"):
        await strict.arming.ask(caller(), alert.alert_id)
    with pytest.raises(PolicyRefused, match="has not allowed alerts"):
        await strict.arming.confirm(caller(), alert.alert_id, named(alert))


async def test_an_old_card_does_not_say_that_it_goes_out_once_that_is_switched_off(
    out: Lookout, build: Build, venue: Venue
) -> None:
    alert = await armed(out)
    off = lookout(build(venue=venue))

    assert (out.arming.allowed, off.arming.allowed) == (True, False)
    with pytest.raises(PolicyRefused, match="operator"):
        await off.arming.ask(caller(), alert.alert_id)
    with pytest.raises(PolicyRefused, match="operator"):
        await off.arming.confirm(caller(), alert.alert_id, named(alert))
    await off.arming.disarm(ANNA, alert.alert_id)
    assert (await out.now(alert)).stage is Stage.NOT_SENT


@pytest.mark.parametrize("step", ["ask", "confirm"])
async def test_whoever_has_paused_arms_nothing(out: Lookout, house: House, step: str) -> None:
    alert = await (out.alert(**ORDER) if step == "ask" else asked(out))
    await house.choose(paused=True)

    with pytest.raises(Paused):
        if step == "ask":
            await out.arming.ask(caller(), alert.alert_id)
        else:
            await out.arming.confirm(caller(), alert.alert_id, named(alert))


async def test_real_money_needs_its_own_switches(build: Build, venue: Venue) -> None:
    house = build(venue=venue, chosen=allowing(live_trading="on"))
    await live(house)
    out = lookout(house)
    alert = await asked(out)
    await house.choose(live=False)

    with pytest.raises(PolicyRefused, match="You have not switched live trading on"):
        await out.arming.confirm(caller(), alert.alert_id, named(alert))


@pytest.mark.parametrize("rule", ["roles", "channels"])
async def test_where_a_server_asks_for_roles_or_channels_nothing_is_armed(
    out: Lookout, house: House, rule: str
) -> None:
    by = replace(caller(guild_id=SERVER), role_ids=frozenset({"1"}), channel_ids=frozenset({"1"}))
    alert = await out.alert(**ORDER)
    await house.rule(**{rule: frozenset({"1"})})

    with pytest.raises(PolicyRefused, match="only a click shows"):
        await out.arming.ask(by, alert.alert_id)


async def test_an_alert_of_a_server_is_under_its_rules_wherever_it_is_armed(
    out: Lookout, house: House
) -> None:
    alert = await out.setting.price(
        caller(guild_id=SERVER), "AAPL", "110", above=True, wishes=Wishes(**ORDER)
    )
    await house.rule(paused=True)

    with pytest.raises(Paused, match="managers have paused"):
        await out.arming.ask(caller(), alert.alert_id)


@pytest.mark.parametrize(
    ("limits", "why"),
    [
        ({"max_order_value": Decimal(1000)}, "Order value"),
        ({"denied_symbols": frozenset({"AAPL"})}, "list of symbols"),
    ],
)
async def test_what_the_limits_forbid_already_is_not_armed(
    build: Build, out: Lookout, venue: Venue, limits: dict[str, Any], why: str
) -> None:
    strict = lookout(build(venue=venue, chosen=allowing(**limits)))
    alert = await out.alert(**ORDER)

    with pytest.raises(LimitExceeded, match=why):
        await strict.arming.ask(caller(), alert.alert_id)


async def test_only_so_many_are_armed_at_once(out: Lookout) -> None:
    for number in range(MOST_ARMED):
        await armed(out, price=str(120 + number))
    alert = await asked(out)

    with pytest.raises(LimitExceeded, match="are the most"):
        await out.arming.confirm(caller(), alert.alert_id, named(alert))


async def test_clicks_at_once_arm_no_more_than_one_by_one(
    out: Lookout, build: Build, venue: Venue
) -> None:
    other = lookout(build(venue=venue, chosen=allowing()))
    for number in range(MOST_ARMED - 1):
        await armed(out, price=str(120 + number))
    questions = [await asked(out, price=str(140 + number)) for number in range(4)]

    answers = await asyncio.gather(
        *(
            desk.arming.confirm(caller(), alert.alert_id, named(alert))
            for desk, alert in zip((out, other, out, other), questions, strict=True)
        ),
        return_exceptions=True,
    )

    refused = [one for one in answers if isinstance(one, LimitExceeded)]
    told_armed = [one for one in answers if isinstance(one, OwnAlert)]
    assert len(refused) + len(told_armed) == len(questions)
    assert await out.arming.armed(ANNA) == MOST_ARMED - 1 + len(told_armed) <= MOST_ARMED


async def test_what_is_priced_in_another_currency_is_not_armed(out: Lookout, venue: Venue) -> None:
    venue.instruments = (replace(AAPL, currency="EUR"),)
    alert = await out.alert(**ORDER)

    with pytest.raises(FloorbrokerError, match="priced in EUR"):
        await out.arming.ask(caller(), alert.alert_id)


# What disarms


async def test_removing_the_link_disarms(out: Lookout, house: House) -> None:
    alert = await armed(out)

    await house.links.remove(ANNA, alert.link_id)

    assert (await out.now(alert)).stage is None


async def test_linking_anew_disarms(build: Build, venue: Venue) -> None:
    venue.keys = {
        ("AK-ONE", "canary-secret-one"): (ACCOUNT,),
        ("AK-ONE", "canary-secret-two"): (
            ACCOUNT,
            BrokerAccount(account_id=AccountId("EX-2"), number="EX2"),
        ),
    }
    house = build(venue=venue, chosen=allowing(), scripted=KEYED)
    alert = None
    for secret in ("canary-secret-one", "canary-secret-two"):
        wanted = Wanted(user_id=ANNA, broker=EXCHANGE, environment=Environment.PAPER)
        if alert is not None:
            wanted = replace(wanted, relinks=alert.link_id)
        given = {"api_key": "AK-ONE", "api_secret": secret}
        await house.linking.keep(await house.linking.try_out(wanted, given))
        if alert is None:
            out = lookout(house)
            alert = await armed(out)

    assert alert is not None
    assert (await out.now(alert)).stage is None


async def test_removing_the_alert_removes_its_order(out: Lookout, venue: Venue) -> None:
    alert = await armed(out)

    await out.own.remove(ANNA, alert.alert_id)
    await fires(out, venue)
    await out.orders.sweep()

    assert venue.count("place_order") == 0
