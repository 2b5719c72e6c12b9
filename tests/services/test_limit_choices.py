"""People and managers set limits: tighter at once, looser after a day, whatever happens at once."""

import asyncio
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from floorbroker.domain.errors import InvalidInput, LimitExceeded, PolicyRefused
from floorbroker.domain.ids import BrokerId
from floorbroker.domain.people import ServerPolicy
from floorbroker.domain.risk import Scope
from floorbroker.services.limit_words import parsed
from floorbroker.services.server_rules import ServerRules, parse_brokers
from tests.fakes.clock import NOON, ManualClock
from tests.fakes.flaky_documents import FlakyDocuments
from tests.floor import ANNA, BEN, SERVER, House, caller, settings
from tests.services.conftest import Build

D = Decimal
A_DAY_SECONDS = 24 * 3600


async def value(house: House) -> Decimal:
    return (await house.limits.view(caller())).limits.max_order_value


async def test_a_limit_of_ones_own_holds_at_once(house: House) -> None:
    view = await house.limits.set_own(caller(), {"max_order_value": D(500)})

    assert view.limits.max_order_value == 500
    assert view.limits.scope("max_order_value") is Scope.PERSON
    with pytest.raises(LimitExceeded, match="your own"):
        await house.draft(quantity="100")
    assert (await house.limits.view(caller(BEN))).limits.max_order_value == 50_000


async def test_a_raise_waits_a_day_and_then_holds_by_itself(
    house: House, clock: ManualClock
) -> None:
    await house.limits.set_own(caller(), {"max_order_value": D(500)})

    view = await house.limits.set_own(caller(), {"max_order_value": None})
    clock.advance(A_DAY_SECONDS - 1)
    before = await value(house)
    clock.advance(1)

    assert view.own.waiting(NOON).keys() == {"max_order_value"}
    assert before == 500
    assert await value(house) == 50_000


async def test_the_operator_says_how_long_a_raise_waits(build: Build, clock: ManualClock) -> None:
    house = build(chosen=settings(limit_raise_hours=1))
    await house.limits.set_own(caller(), {"max_order_value": D(500)})
    await house.limits.set_own(caller(), {"max_order_value": D(700)})
    assert await value(house) == 500

    clock.advance(3600)

    assert await value(house) == 700


async def test_nobody_raises_a_limit_above_the_operators(house: House) -> None:
    await house.limits.set_own(caller(), {"max_order_value": D(10**9)})

    view = await house.limits.view(caller())

    assert view.limits.max_order_value == 50_000
    assert view.limits.scope("max_order_value") is Scope.OPERATOR


async def test_two_processes_that_set_limits_at_once_lose_neither(
    build: Build, store: FlakyDocuments
) -> None:
    one, other = build(), build()
    await one.limits.set_own(caller(), {"max_order_value": D(100)})

    async def tighten() -> None:
        await other.limits.set_own(caller(), {"max_order_value": D(50)})

    store.before["replace", "users"] = tighten
    await one.limits.set_own(caller(), {"max_daily_loss": D(10), "max_order_value": D(900)})

    view = await one.limits.view(caller())
    assert view.limits.max_daily_loss == 10
    assert view.limits.max_order_value == 50
    assert view.own.at(NOON).max_order_value == 50


async def test_many_processes_that_raise_at_once_shorten_no_wait(
    build: Build, clock: ManualClock
) -> None:
    houses = [build() for _ in range(3)]
    await houses[0].limits.set_own(caller(), {"max_order_value": D(100)})

    await asyncio.gather(
        *(one.limits.set_own(caller(), {"max_order_value": D(900)}) for one in houses)
    )

    clock.advance(A_DAY_SECONDS - 1)
    assert await value(houses[0]) == 100
    clock.advance(1)
    assert await value(houses[1]) == 900


async def test_what_was_set_is_in_the_audit_trail_with_the_moment_it_holds(house: House) -> None:
    await house.limits.set_own(caller(), {"max_order_value": D(500)})
    await house.limits.set_own(
        caller(), {"max_order_value": None, "denied_symbols": frozenset({"TSLA", "AAPL"})}
    )

    name = await house.audit.pseudonym(ANNA)
    entries = await house.documents.find("audit", {"person": name}, limit=10)

    told = [entry["fields"] for entry in entries if entry["action"] == "limits"]
    assert {"order_value": "500"} in told
    [raised] = [fields for fields in told if fields.get("order_value") == "none"]
    assert raised["deny"] == "AAPL, TSLA"
    assert raised["order_value_from"].startswith("2026")
    assert await house.audit.verify(ANNA) is None


@pytest.mark.parametrize(
    ("option", "text", "field", "expected"),
    [
        ("order_value", "$500", "max_order_value", D(500)),
        ("orders_a_day", "20", "max_orders_per_day", 20),
        ("concentration", "12.5 %", "max_concentration_percent", D("12.5")),
        ("collar", "2%", "price_collar_percent", D(2)),
        ("allow", "aapl, BRK.B,btc/usd", "allowed_symbols", {"AAPL", "BRK.B", "BTC/USD"}),
        ("deny", "None", "denied_symbols", None),
        ("daily_loss", "none", "max_daily_loss", None),
        ("market_hours", "on", "only_in_market_hours", True),
        ("market_hours", "off", "only_in_market_hours", None),
    ],
)
def test_what_people_write_becomes_a_limit(
    option: str, text: str, field: str, expected: object
) -> None:
    assert parsed({option: text, "deny" if option != "deny" else "allow": None}) == {
        field: expected
    }


_UNREADABLE = ("", "-1", "１０", "1_000", "10\n", "../x", "a,,b", "9" * 30)


@pytest.mark.parametrize("text", [*_UNREADABLE, "1e9", "NaN", "0.5.5"])
@pytest.mark.parametrize("option", ["order_value", "orders_a_day", "collar"])
def test_what_is_no_number_is_refused(option: str, text: str) -> None:
    with pytest.raises(InvalidInput):
        parsed({option: text})


@pytest.mark.parametrize("text", _UNREADABLE)
def test_what_is_no_list_of_symbols_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        parsed({"allow": text})


# Servers


def rules(**changes: Any) -> ServerRules:
    return ServerRules(at=NOON, **changes)


async def test_a_manager_names_brokers_roles_channels_and_caps(house: House) -> None:
    by = caller(guild_id=SERVER)
    await house.choices.set_policy(
        by,
        manages_server=True,
        rules=rules(
            brokers=parse_brokers("paper, alpaca"),
            add_role="7",
            add_channel="8",
            limits={"max_order_value": D(100)},
        ),
    )

    policy = await house.choices.policy(SERVER)

    assert policy.brokers == {"paper", "alpaca"}
    assert (policy.roles, policy.channels) == ({"7"}, {"8"})
    view = await house.limits.view(by)
    assert view.limits.max_order_value == 100
    assert view.limits.scope("max_order_value") is Scope.SERVER
    assert (await house.limits.view(caller())).limits.max_order_value == 50_000


async def test_a_servers_raise_waits_too(house: House, clock: ManualClock) -> None:
    by = caller(guild_id=SERVER)
    for limit in (D(100), None):
        await house.choices.set_policy(
            by, manages_server=True, rules=rules(limits={"max_order_value": limit})
        )
    assert (await house.limits.view(by)).limits.max_order_value == 100

    clock.advance(A_DAY_SECONDS)

    assert (await house.limits.view(by)).limits.max_order_value == 50_000


async def test_a_member_sets_none_of_it(house: House) -> None:
    with pytest.raises(PolicyRefused):
        await house.choices.set_policy(
            caller(guild_id=SERVER), manages_server=False, rules=rules(add_role="7")
        )

    assert await house.choices.policy(SERVER) == ServerPolicy(guild_id=SERVER)


async def test_two_managers_at_once_lose_neither_change(
    build: Build, store: FlakyDocuments
) -> None:
    one, other = build(), build()
    by = caller(guild_id=SERVER)
    await one.choices.set_policy(by, manages_server=True, rules=rules(add_role="1"))

    async def meanwhile() -> None:
        await other.choices.set_policy(by, manages_server=True, rules=rules(add_role="2"))

    store.before["replace", "policies"] = meanwhile
    await one.choices.set_policy(by, manages_server=True, live=True, rules=rules(add_role="3"))

    policy = await one.choices.policy(SERVER)
    assert policy.roles == {"1", "2", "3"}
    assert policy.live


async def test_the_last_role_does_not_go_by_itself(house: House) -> None:
    by = caller(guild_id=SERVER)
    for change in (rules(add_role="1"), rules(add_role="2"), rules(remove_role="1")):
        await house.choices.set_policy(by, manages_server=True, rules=change)

    with pytest.raises(InvalidInput, match="let everybody in"):
        await house.choices.set_policy(by, manages_server=True, rules=rules(remove_role="2"))
    kept = await house.choices.policy(SERVER)
    await house.choices.set_policy(by, manages_server=True, rules=rules(open_again="roles"))

    assert kept.roles == {"2"}
    assert (await house.choices.policy(SERVER)).roles == frozenset()


def test_a_list_can_be_made_anew_in_one_go() -> None:
    policy = ServerPolicy(guild_id=SERVER, roles=frozenset({"1", "2"}))

    changed = rules(open_again="roles", add_role="3").applied(policy, NOON - NOON)

    assert changed == replace(policy, roles=frozenset({"3"}))


@pytest.mark.parametrize("text", ["", "alpaca,", "etrade;kraken", "tdameritrade", "none"])
def test_brokers_that_are_none_are_refused_with_those_that_are(text: str) -> None:
    with pytest.raises(InvalidInput, match="alpaca, binance"):
        parse_brokers(text)


def test_all_brokers_again_is_the_empty_list() -> None:
    assert parse_brokers(" ALL ") == frozenset()
    assert parse_brokers("Kraken") == {BrokerId("kraken")}
