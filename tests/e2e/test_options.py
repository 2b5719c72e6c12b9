"""/options: a chain around the price, a contract from it, and an order for that contract."""

import re
from typing import Any

import pytest

from floorbroker.domain.order_state import OrderState
from tests.e2e import forged
from tests.e2e.conftest import Open
from tests.e2e.people import Answer, Seen, Somebody
from tests.e2e.world import World
from tests.simulators.paper_faults import Down


async def _contract(person: Somebody, chain: Seen, label: str = "220 call") -> Answer:
    (value,) = [one["value"] for one in chain.choices if one["label"] == label]
    return await person.chooses(chain, value)


async def _form(person: Somebody, card: Seen, label: str) -> Any:
    result = await person.actor.click(card.message, label=label)
    assert result.modal is not None, "There was no form."
    return result


async def _review(person: Somebody, card: Seen, label: str, **values: str) -> Answer:
    form = await _form(person, card, label)
    return Answer(await person.actor.submit_modal(form, values))


async def test_a_chain_shows_strikes_around_the_price_with_source_and_age(world: World) -> None:
    card = await world.alice.types("options chain", symbol="aapl")

    strikes = [
        line for line in card.text.splitlines() if re.fullmatch(r"[0-9.]+( · nearest)?", line)
    ]
    assert card.private
    assert card.title.startswith("AAPL options · ")
    assert re.search(r"AAPL is at \$[0-9.]+, just now\.", card.text)
    assert len(strikes) == 11
    assert sum("nearest" in strike for strike in strikes) == 1
    assert len(re.findall(r"^[CP] [0-9.]+/[0-9.]+ · [0-9.]+ · ", card.text, re.M)) == 22
    assert "Source Paper market (simulated)" in card.text
    assert "11 of 93" in card.text
    assert len(card.choices) == 22


async def test_the_buttons_lead_to_other_days_and_other_strikes(world: World) -> None:
    first = await world.alice.types("options chain", symbol="AAPL")
    (later,) = [label for label in first.buttons if label.endswith("▶")]
    titles, strikes = [first.title], [first.choices[0]["label"]]

    for label in (later, "Higher strikes", "Lower strikes"):
        card = await world.alice.clicks(first, label)
        titles.append(card.title)
        strikes.append(card.choices[0]["label"])

    assert later.removesuffix(" ▶") in titles[1]
    assert titles[0] != titles[1] == titles[2] == titles[3]
    assert strikes == ["210 call", "210 call", "237.5 call", "210 call"]


async def test_the_ends_of_a_chain_lead_no_further(world: World) -> None:
    lowest = await world.alice.types("options chain", symbol="AAPL", strikes="115-130")
    one = await world.alice.types("options chain", symbol="AAPL", strikes="230", show="call")

    assert "Lower strikes" not in lowest.buttons
    assert "Higher strikes" not in lowest.buttons
    assert [choice["label"] for choice in one.choices] == ["230 call"]


async def test_expiries_are_suggested_from_the_chain_and_can_be_used(world: World) -> None:
    days = await world.alice.typing("options chain", "expiry", "", symbol="AAPL")

    card = await world.alice.types("options chain", symbol="AAPL", expiry=days[3], show="put")

    assert len(days) > 10
    assert len({choice["label"].split()[1] for choice in card.choices}) == 1
    assert card.choices[0]["label"].endswith("put")
    assert await world.alice.typing("options chain", "expiry", "", symbol="BTC/USD") == []
    assert await world.alice.typing("options chain", "expiry", "") == []


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"symbol": "BTC/USD"}, "There are no options on BTC/USD"),
        ({"symbol": "ZZZZ"}, "Unknown symbol"),
        ({"symbol": "AAPL", "expiry": "2026-01-01"}, "The next days are"),
        ({"symbol": "AAPL", "expiry": "soon"}, "Write the expiry like"),
        ({"symbol": "AAPL", "strikes": "900-950"}, "They go from 115 to 345"),
        ({"symbol": "AAPL", "strikes": "250-200"}, "The lower strike comes first"),
        ({"symbol": "AAPL", "strikes": "@everyone"}, "Write strikes like"),
    ],
)
async def test_what_cannot_be_shown_has_its_own_answer(
    world: World, options: dict[str, str], words: str
) -> None:
    card = await world.alice.types("options chain", **options)

    assert words in card.text


async def test_a_contract_of_the_chain_is_bought_without_typing_it_again(world: World) -> None:
    chain = await world.alice.types("options chain", symbol="AAPL")
    card = await _contract(world.alice, chain)
    form = await _form(world.alice, card, "Buy")
    review = Answer(await world.alice.actor.submit_modal(form, {"quantity": "2"}))
    title, shown = review.title, card.text
    states = [one.state for one in await world.orders(world.alice)]

    receipt = await world.alice.clicks(review, "Confirm")

    assert states == [OrderState.DRAFT]
    assert "Greeks (Paper market (simulated), Black–Scholes, just now)" in shown
    assert "One contract stands for 100 AAPL" in shown
    assert form.modal["title"].startswith("Buy AAPL ")
    assert "Review" in title
    assert "Filled 2 at" in receipt.text
    (order,) = await world.orders(world.alice)
    assert order.request.instrument.symbol.startswith("AAPL")
    assert order.request.instrument.strike == 220
    positions = await world.alice.types("positions")
    assert order.request.instrument.symbol in positions.text


async def test_a_contract_that_is_held_is_sold_from_its_card_and_no_other(world: World) -> None:
    chain = await world.alice.types("options chain", symbol="AAPL")
    card = await _contract(world.alice, chain)
    refused = await _review(world.alice, card, "Sell", quantity="1")
    bought = await _review(world.alice, card, "Buy", quantity="1", limit="")
    await world.alice.clicks(bought, "Confirm")

    sold = await _review(world.alice, card, "Sell", quantity="1")
    receipt = await world.alice.clicks(sold, "Confirm")

    assert "You hold no" in refused.text
    assert "Filled 1 at" in receipt.text
    assert "No open positions." in (await world.alice.types("positions")).text


@pytest.mark.parametrize("written", ["{0}", "{1} {2} 230 call", "{1} {2} 230C", "{1}  {3}"])
async def test_a_contract_is_found_however_it_is_written(world: World, written: str) -> None:
    day = (await world.alice.typing("options chain", "expiry", "", symbol="AAPL"))[0]
    tail = f"{day[2:].replace('-', '')}C00230000"

    card = await world.alice.types(
        "options contract", contract=written.format(f"AAPL{tail}", "aapl", day, tail)
    )

    assert f"Symbol AAPL{tail}" in card.text
    assert list(card.buttons) == ["Buy", "Sell", "Chain", "Refresh"]


@pytest.mark.parametrize(
    "written", ["AAPL", "AAPL261399C00230000", "one call, please", "@everyone"]
)
async def test_what_is_no_contract_is_told_with_how_to_write_one(
    world: World, written: str
) -> None:
    card = await world.alice.types("options contract", contract=written)

    assert "Write a contract like" in card.text or "Unknown symbol" in card.title


async def test_contracts_are_suggested_word_by_word(world: World) -> None:
    near = await world.alice.typing("options contract", "contract", "aapl")
    puts = await world.alice.typing("options contract", "contract", "AAPL 230 pu")

    assert len(near) == 25
    assert [symbol[-9:] for symbol in puts] == ["P00230000"]
    assert await world.alice.typing("options contract", "contract", "") == []
    assert await world.alice.typing("options contract", "contract", "no such thing") == []


async def test_the_way_back_leads_to_the_chain_around_that_strike(world: World) -> None:
    chain = await world.alice.types("options chain", symbol="AAPL")
    title = chain.title
    card = await _contract(world.alice, chain, "235 put")

    back = await world.alice.clicks(card, "Chain")

    assert back.title == title
    assert back.choices[0]["label"] == "222.5 call"
    assert "235 put" in {choice["label"] for choice in back.choices}


async def test_an_account_that_was_named_stays_named(world: World) -> None:
    (account,) = await world.alice.typing("options chain", "account", "")
    chain = await world.alice.types("options chain", symbol="AAPL", account=account)
    card = await _contract(world.alice, chain)

    form = await _form(world.alice, card, "Buy")

    assert account in [one["component"].get("value") for one in form.modal["components"]]


async def test_a_click_of_somebody_else_reaches_their_own_account_or_none(cloud: World) -> None:
    alice, bob = cloud.alice, cloud.bob
    (account,) = await alice.typing("options chain", "account", "")
    named = await alice.types("options chain", symbol="AAPL", account=account)
    refresh = named.buttons["Refresh"]
    unnamed = await alice.types("options chain", symbol="AAPL")

    refused = await forged.click(cloud, bob, named, refresh).delivered()
    shown = await forged.click(cloud, bob, unnamed, unnamed.buttons["Refresh"]).delivered()

    assert account in refresh
    assert "You have no account of that name" in Answer(refused).refusal.text
    assert shown.response is not None
    assert await cloud.orders(alice) == []


@pytest.mark.parametrize(
    "custom_id",
    [
        "fb:chain:AAPL",
        "fb:chain:AAPL:261399:both:-:230:",
        "fb:chain:AAPL:261218:both:a-b:230:",
        "fb:chain:AAPL:261218:neither:-:230:",
        "fb:chain:AAPL:261218:both:-:NaN:",
        "fb:contract:AAPL:",
    ],
)
async def test_a_button_that_no_card_of_ours_has_is_refused(world: World, custom_id: str) -> None:
    chain = await world.alice.types("options chain", symbol="AAPL")

    answer = Answer(await forged.click(world, world.alice, chain, custom_id).delivered())

    assert "Nothing was sent to your broker." in answer.refusal.text


@pytest.mark.parametrize(
    ("custom_id", "words"),
    [
        ("fb:size:idea:0123456789abcdef", "idea"),
        ("fb:size:buy:AAPL261218C00230000", "You have no account of that name"),
        ("fb:size:neither:AAPL261218C00230000", "out of date"),
        ("fb:size:buy:../orders", "out of date"),
        ("8c4f2d0a", "out of date"),
    ],
)
async def test_a_form_that_no_card_of_ours_opens_is_refused(
    world: World, custom_id: str, words: str
) -> None:
    chain = await world.alice.types("options chain", symbol="AAPL")
    form = await _form(world.alice, await _contract(world.alice, chain), "Buy")
    shown = {**form.modal, "custom_id": custom_id}

    answer = Answer(await forged.modal(world, world.alice, shown, "1").delivered())

    assert answer.private
    assert words in answer.text
    assert "Nothing was sent to your broker." in answer.text
    assert await world.orders(world.alice) == []


async def test_a_broker_that_is_away_is_told_and_suggests_nothing(open_cloud: Open) -> None:
    async with open_cloud(broker=Down()) as world:
        card = await world.alice.types("options chain", symbol="AAPL")
        days = await world.alice.typing("options chain", "expiry", "", symbol="AAPL")
        found = await world.alice.typing("options contract", "contract", "AAPL")

    assert "Source" not in card.text
    assert days == found == []


async def test_volatility_stands_beside_what_options_expect(world: World) -> None:
    card = await world.alice.types("volatility", symbol="AAPL")
    coin = await world.alice.types("volatility", symbol="BTC/USD")

    for span in (10, 20, 30, 60):
        assert re.search(rf"{span} days [0-9.]+ %", card.text)
        assert re.search(rf"{span} days [0-9.]+ %", coin.text)
    assert "At the money 32.0 %" in card.text
    assert "√252" in card.text
    assert "√365" in coin.text
    assert "No options are looked at" in coin.text
