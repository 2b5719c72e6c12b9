"""The kill switch's cards: what would happen, where Cancel stands, and what became of each line."""

from dataclasses import replace
from decimal import Decimal

import pytest

from floorbroker.bot.replies import custom_ids
from floorbroker.bot.replies.card import Tone
from floorbroker.bot.replies.panic_cards import (
    MOST_LINES,
    are_you_sure_card,
    closing_list_card,
    done_card,
    panic_card,
)
from floorbroker.domain.errors import OrderRejected
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


def test_a_long_list_says_how_much_more_there_is() -> None:
    card = are_you_sure_card(exposure(MOST_LINES + 5), ASKED, NOON)

    assert "and 5 more" in drawn(card).text
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
    assert told[0].startswith("✓")
    assert told[1].endswith("Halted.")
    assert told[1].startswith("✗")
    assert "not confirmed yet" in told[2]
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
