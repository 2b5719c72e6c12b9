"""The kill switch's cards: what would happen, where Cancel stands, and what became of each line."""

from dataclasses import replace
from decimal import Decimal

import pytest

from floorbroker.bot.replies import custom_ids
from floorbroker.bot.replies.card import Tone
from floorbroker.bot.replies.panic_cards import (
    are_you_sure_card,
    closing_list_card,
    done_card,
    panic_card,
)
from floorbroker.domain.errors import OrderRejected
from floorbroker.domain.modes import Environment
from floorbroker.domain.order import IntentKind, IntentState
from floorbroker.domain.order_state import OrderState
from floorbroker.services.panic import Done, Exposure, Holding
from floorbroker.services.reachable import UnreachableLink
from tests.bot.drawn import account, drawn, intent, order_in, position
from tests.domain.building import NOON

ASKED = "1234567890123456789"


def exposure(positions: int = 1, orders: int = 0, **changes: object) -> Exposure:
    held = [Holding(account=account(), position=position("AAPL")) for _ in range(positions)]
    working = [order_in(OrderState.ACCEPTED) for _ in range(orders)]
    return replace(Exposure(orders=working, holdings=held, failed=[]), **changes)


def test_what_is_open_is_counted_and_what_is_unknown_is_said() -> None:
    failed = UnreachableLink(link=account(label="Kraken").link, error=OrderRejected("Away."))

    card = panic_card(exposure(2, 3, failed=[failed], doubtful=1))

    assert [one.label for one in card.buttons] == [
        "Cancel 3 orders",
        "Close 2 positions …",
        "Resume trading",
    ]
    text = drawn(card).text
    assert "Kraken does not answer: Away." in text
    assert "1 order in doubt" in text
    assert "placed elsewhere" in text
    drawn(card).assert_fits()


def test_closing_is_promised_with_real_money_only_where_live_trading_is_on() -> None:
    real = account(label="Kraken", environment=Environment.LIVE)
    live = Holding(account=real, position=position("AAPL"))
    silent = UnreachableLink(link=real.link, error=OrderRejected("Away."))
    exception = "with real money, closing only where live trading is on"

    for card in (
        panic_card(replace(exposure(1), holdings=[live])),
        panic_card(exposure(1, failed=[silent])),
    ):
        assert exception in drawn(card).text
        drawn(card).assert_fits()
    assert "Closing and canceling still work." in drawn(panic_card(exposure(1, 1))).text


def test_with_nothing_open_there_is_only_the_way_back() -> None:
    assert [one.label for one in panic_card(exposure(0)).buttons] == ["Resume trading"]


def test_the_button_that_goes_on_never_stands_where_the_last_one_stood() -> None:
    first = panic_card(exposure(1, 1))
    listed = closing_list_card(exposure(), ASKED)
    sure = are_you_sure_card(exposure(), ASKED, NOON)

    def places(card: object, label: str) -> set[int]:
        labels = [one.label for one in card.buttons]  # type: ignore[attr-defined]  # a card
        return {place for place, one in enumerate(labels) if one.startswith(label)}

    assert places(first, "Close") == {1}
    # On the list its place may be the same: another button follows before anything is sent.
    assert places(listed, "Close") == {1}
    assert places(sure, "Yes, close").isdisjoint(places(listed, "Close"))


def test_every_button_fits_and_is_one_of_ours() -> None:
    for card in (
        panic_card(exposure(1, 1)),
        closing_list_card(exposure(), ASKED),
        are_you_sure_card(exposure(), ASKED, NOON),
        done_card("Done", []),
    ):
        for one in card.buttons:
            assert len(one.custom_id) <= custom_ids.LONGEST
            assert custom_ids.CHOICE.fullmatch(one.custom_id), one.custom_id


def many(count: int, symbol: str = "S", **changes: object) -> Exposure:
    held = [
        Holding(account=account(1 + number % 3), position=position(f"{symbol}{number:04}", "12.5"))
        for number in range(count)
    ]
    return replace(Exposure(orders=[], holdings=held, failed=[]), **changes)


@pytest.mark.parametrize("count", [1, 20, 21, 35, 100])
def test_every_position_that_would_be_closed_is_named(count: int) -> None:
    exposed = many(count)

    for card in (closing_list_card(exposed, ASKED), are_you_sure_card(exposed, ASKED, NOON)):
        text = drawn(card).text
        assert all(f"12.5 S{number:04}" in text for number in range(count))
        assert "more" not in text
        assert "lose" in card.buttons[-1].label
        drawn(card).assert_fits()


@pytest.mark.parametrize("symbol", ["S", "LONG_OPTION_SYMBOL_"])
def test_a_list_that_does_not_fit_has_pages_and_sends_from_the_last_one_only(symbol: str) -> None:
    away = UnreachableLink(link=account(label="K" * 32).link, error=OrderRejected("Away. " * 99))
    exposed = many(400, symbol, failed=[away] * 30, doubtful=9, unreadable=9)
    told, sends, seen = "", "", 0
    sure = are_you_sure_card(exposed, ASKED, NOON)
    while True:
        listed = closing_list_card(exposed, ASKED, seen)
        assert listed.sections == sure.sections
        for card in (listed, sure):
            whole = drawn(replace(card, badges=(*card.badges, "PAUSED")))
            whole.assert_fits()
            assert "look at your broker too" in whole.text, "the end of the card is cut"
        told += drawn(sure).text.replace("\\", "")
        seen += 1
        sends = sure.buttons[-1].custom_id
        assert custom_ids.CHOICE.fullmatch(sends)
        if ":close." in sends:
            break
        assert sure.buttons[-1].label == listed.buttons[-1].label == "Next page"
        assert sends.endswith(f".{seen}")
        sure = are_you_sure_card(exposed, ASKED, NOON, seen)

    assert all(f"12.5 {symbol}{number:04}" in told for number in range(400))
    assert [one.label for one in sure.buttons][2] == "First page", "where Next page stood"
    assert f"Page {seen} of {seen}." in told


def test_the_pages_are_the_same_in_whatever_order_the_broker_lists() -> None:
    there, back = many(400), many(400)
    back = replace(back, holdings=back.holdings[::-1])

    assert there.mark == back.mark
    for page in range(3):
        assert (
            closing_list_card(there, ASKED, page).sections
            == closing_list_card(back, ASKED, page).sections
        )


def test_of_many_results_the_failures_come_first_and_the_rest_is_told_truly() -> None:
    held = many(90).holdings
    done = [Done(what=one, order=order_in(OrderState.FILLED)) for one in held[:60]]
    failed = [Done(what=one, error=OrderRejected("Halted.")) for one in held[60:]]

    card = done_card("Closing orders", [*done, *failed])

    text = drawn(card).text
    assert all(f"S{number:04} at" in text for number in range(60, 90))
    assert [line[0] for line in card.sections[0].lines[:30]] == ["✗"] * 30
    assert f"{90 - len(card.sections[0].lines)} more: /orders shows them." in text
    assert "30 did not go through." in text
    drawn(card).assert_fits()


def test_failures_that_do_not_fit_are_not_said_to_be_among_the_orders() -> None:
    why = OrderRejected("Halted for a long time. " * 20)
    failed = [Done(what=one, error=why) for one in many(90).holdings]

    card = done_card("Closing orders", failed)

    text = drawn(card).text
    beyond = 90 - len(card.sections[0].lines)
    assert f"{beyond} of these are not listed: /panic shows what is open." in text
    assert "/orders" not in text
    drawn(card).assert_fits()


def test_each_line_says_what_became_of_it() -> None:
    held = Holding(account=account(), position=position("AAPL"))
    asked = replace(
        order_in(OrderState.ACCEPTED), intent=intent(IntentKind.CANCEL, IntentState.UNKNOWN)
    )
    lines = [
        Done(what=held, order=order_in(OrderState.FILLED)),
        Done(what=held, error=OrderRejected("Halted.")),
        Done(what=asked, order=asked),
        Done(what=asked, order=order_in(OrderState.CANCELED)),
    ]

    card = done_card("Closing orders", lines)

    told = card.sections[0].lines
    assert told[0].endswith("Halted.")
    assert told[0].startswith("✗")
    assert "not confirmed yet" in told[1]
    assert told[2].startswith("✓")
    assert "anceled" in told[3]
    assert card.tone is Tone.CAUTION
    assert "1 did not go through" in drawn(card).text


def test_a_position_without_a_price_has_no_value() -> None:
    bare = Holding(account=account(), position=replace(position("AAPL"), market_price=None))

    card = closing_list_card(replace(exposure(), holdings=[bare]), ASKED)

    assert "worth" not in drawn(card).text
    assert bare.position.quantity != Decimal(0)


@pytest.mark.parametrize("state", [OrderState.REJECTED, OrderState.NOT_PLACED])
def test_what_the_broker_refused_is_not_told_as_done(state: OrderState) -> None:
    held = Holding(account=account(), position=position("AAPL"))
    refused = order_in(state, reason="Halted.")

    card = done_card("Closing orders", [Done(what=held, order=refused)])

    [line] = card.sections[0].lines
    assert line.startswith("✗")
    assert line.endswith("Halted.")
    assert card.tone is Tone.CAUTION


def test_what_is_not_known_yet_is_not_told_as_done() -> None:
    held = Holding(account=account(), position=position("AAPL"))

    card = done_card("Closing orders", [Done(what=held, order=order_in(OrderState.UNKNOWN))])

    assert card.sections[0].lines[0].startswith("·")
    assert card.tone is Tone.CAUTION


def test_a_cancel_that_was_refused_is_not_told_as_done() -> None:
    order = replace(
        order_in(OrderState.ACCEPTED), intent=intent(IntentKind.CANCEL, IntentState.REFUSED)
    )

    card = done_card("Cancel asked for", [Done(what=order, order=order)])

    assert card.sections[0].lines[0].startswith("✗")
    assert "not canceled" in card.sections[0].lines[0]


def test_each_line_says_which_money_it_is() -> None:
    assert ", PAPER" in drawn(closing_list_card(exposure(), ASKED)).text
