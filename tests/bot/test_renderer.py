"""Components V2: within Discord's bounds whatever is in a card, and text stays text."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from floorbroker.bot.replies.card import Button, Card, Choice, Menu, Row, Section, Tone
from floorbroker.bot.replies.components import safe, view_of
from floorbroker.bot.replies.list_cards import Listed, orders_card
from floorbroker.bot.replies.order_cards import order_card
from floorbroker.bot.replies.portfolio_cards import (
    balance_card,
    portfolio_card,
    positions_card,
)
from floorbroker.charts.picture import Picture
from floorbroker.domain.order_state import OrderState
from floorbroker.services.portfolio import Overview
from tests.bot.drawn import account, drawn, holdings, order_in, position
from tests.domain.building import NOON
from tests.e2e.hostile import VALUES

LONG = "word " * 300


def _buttons(count: int) -> tuple[Button, ...]:
    return tuple(Button(label=f"B{n}", custom_id=f"fb:keep:{n}") for n in range(count))


def test_two_hundred_positions_fit() -> None:
    held = holdings(*(position(f"SYM{number}", price=str(number)) for number in range(200)))
    overview = Overview(holdings=[held], failed=[])

    for make in (positions_card, balance_card, portfolio_card):
        drawn(make(overview, NOON)).assert_fits()
    text = drawn(positions_card(overview, NOON)).text
    assert "SYM199" in text  # the largest come first
    assert "and 180 more" in text


@pytest.mark.parametrize("count", [2, 10, 25, 60])
def test_many_accounts_fit(count: int) -> None:
    held = [
        holdings(*(position(f"S{n}X{i}") for i in range(20)), of=account(n, f"Account {n}"))
        for n in range(count)
    ]
    overview = Overview(holdings=held, failed=[])

    for make in (positions_card, balance_card, portfolio_card):
        drawn(make(overview, NOON)).assert_fits()


@pytest.mark.parametrize("count", [31, 45, 200])
def test_many_empty_accounts_fit(count: int) -> None:
    """Little text, but many blocks of it."""
    held = [holdings(of=account(n, f"A{n}")) for n in range(count)]
    overview = Overview(holdings=held, failed=[])

    for make in (positions_card, balance_card, portfolio_card):
        drawn(make(overview, NOON)).assert_fits()


def test_twenty_five_open_orders_fit() -> None:
    working = [order_in(OrderState.ACCEPTED, reason=LONG) for _ in range(25)]
    ended = [order_in(OrderState.REJECTED, reason=LONG) for _ in range(25)]

    drawn(orders_card(Listed(working=working, recent=ended))).assert_fits()


@pytest.mark.parametrize("state", OrderState)
def test_an_order_with_the_longest_texts_fits(state: OrderState) -> None:
    order = order_in(state, reason=LONG * 10)

    drawn(order_card(order, LONG, NOON, may_share=True)).assert_fits()


def test_five_unseen_outcomes_above_the_largest_card_fit() -> None:
    unseen = [
        order_card(order_in(OrderState.PARTIALLY_FILLED, reason=LONG), "", NOON) for _ in range(5)
    ]
    held = holdings(*(position(f"SYM{number}") for number in range(200)))
    positions = positions_card(Overview(holdings=[held], failed=[]), NOON)

    message = drawn(*unseen, positions)

    message.assert_fits()
    assert len(message.buttons) >= 5
    assert len(message.accents) == 6


texts = st.text(max_size=400)
sections = st.builds(
    Section,
    heading=texts,
    lines=st.lists(texts, max_size=30).map(tuple),
    rows=st.lists(st.builds(Row, texts, texts), max_size=30).map(tuple),
)
cards = st.builds(
    Card,
    title=st.text(min_size=1, max_size=400),
    tone=st.sampled_from(Tone),
    badges=st.just(("PAPER",)),
    lead=texts,
    rows=st.lists(st.builds(Row, texts, texts), max_size=30).map(tuple),
    sections=st.lists(sections, max_size=45).map(tuple),
    notes=st.lists(texts, max_size=30).map(tuple),
    footer=st.lists(st.builds(Row, texts, texts), max_size=5).map(tuple),
    buttons=st.integers(0, 8).map(_buttons),
)


@settings(max_examples=60, deadline=None)
@given(card=cards)
def test_any_card_fits(card: Card) -> None:
    message = drawn(card)

    message.assert_fits()
    assert "`PAPER`" in message.texts[0] or len(message.texts[0]) > 3_000


@pytest.mark.long
@pytest.mark.timeout(900)
@settings(max_examples=1_000, deadline=None, suppress_health_check=list(HealthCheck))
@given(card=cards)
def test_a_thousand_cards_fit(card: Card) -> None:
    drawn(card).assert_fits()


@pytest.mark.parametrize("value", VALUES.values(), ids=VALUES.keys())
def test_text_from_anybody_is_text(value: str) -> None:
    shown = safe(value)

    assert "\n" not in shown
    for mark in ("@everyone", "@here", "<@", "<#", "</", "<t:", "<:"):
        assert mark not in shown
    for mark in ("*", "_", "~", "|", "`"):
        assert shown.count(mark) == shown.count("\\" + mark)


@given(text=st.text())
def test_no_text_can_notify_or_begin_a_line_of_its_own(text: str) -> None:
    shown = safe(text)

    assert "<" not in shown
    assert "@everyone" not in shown
    assert "\n" not in shown
    assert "\r" not in shown


def test_a_moment_is_shown_in_the_readers_own_time() -> None:
    moment = datetime(2026, 3, 4, 17, 0, tzinfo=UTC)

    text = drawn(Card(title="x", rows=(Row("When", moment),))).text

    assert f"**When** <t:{int(moment.timestamp())}:R>" in text


@pytest.mark.parametrize(
    ("tone", "mark", "colour"),
    [
        (Tone.GOOD, "✅", 0x2E9E5B),
        (Tone.CAUTION, "⚠️", 0xE0A100),
        (Tone.BAD, "⛔", 0xD13B3B),
    ],
)
def test_a_colour_never_speaks_alone(tone: Tone, mark: str, colour: int) -> None:
    message = drawn(Card(title="x", tone=tone))

    assert message.accents == [colour]
    assert mark in message.texts[0]


def test_every_message_tells_discord_to_notify_nobody() -> None:
    payload = drawn(Card(title="x")).payload

    assert payload["allowed_mentions"]["parse"] == []
    assert payload["flags"] == 1 << 15


def test_a_menu_is_cut_at_what_discord_takes() -> None:
    choices = tuple(
        Choice(label="L" * 200, value=str(number), description="D" * 200, emoji="📈")
        for number in range(40)
    )

    message = drawn(Card(title="x", menu=Menu(custom_id="m", placeholder="p", choices=choices)))

    message.assert_fits()
    assert len(message.options) == 25


async def test_discord_py_need_not_remember_the_view() -> None:
    assert view_of(Card(title="x", buttons=_buttons(1))).is_finished()


def test_figures_of_any_size_are_written_out() -> None:
    held = holdings(position("BIG", quantity="1E+15", price="0.00000001"))

    text = drawn(positions_card(Overview(holdings=[held], failed=[]), NOON)).text

    assert "E+" not in text
    assert "E-" not in text
    assert Decimal("1E+15") == held.positions[0].quantity


def test_pictures_stand_below_each_other_and_none_is_cut() -> None:
    pictures = tuple(Picture(name=f"{n}.png", alt=f"Picture {n}.", png=b"") for n in range(2))

    shown = drawn(Card(title="Portfolio", pictures=pictures))

    galleries = [one["items"] for one in shown.components if "items" in one]
    assert [len(items) for items in galleries] == [1, 1]
