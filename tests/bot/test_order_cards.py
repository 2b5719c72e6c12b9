"""The card of an order in every state: the right words, the right buttons, the right badge."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from floorbroker.bot.replies import custom_ids
from floorbroker.bot.replies.card import Tone
from floorbroker.bot.replies.order_cards import order_card, shared_card
from floorbroker.domain.modes import Environment
from floorbroker.domain.money import usd
from floorbroker.domain.order import Candidate, IntentKind, IntentState
from floorbroker.domain.order_life import event
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import (
    Fill,
    Leg,
    LegRole,
    OrderType,
    PositionEffect,
    Side,
    TimeInForce,
)
from tests.bot.drawn import drawn, intent, order_in
from tests.domain.building import NOON, request

S = OrderState
FILL = Fill(fill_id="f", quantity=Decimal(10), price=Decimal("89.5"), fee=Decimal("0.1"), at=NOON)


@pytest.mark.parametrize(
    ("state", "title", "buttons", "tone"),
    [
        (S.DRAFT, "Review", ["Confirm", "Cancel"], Tone.NEUTRAL),
        (S.DISCARDED, "Not sent", [], Tone.NEUTRAL),
        (S.LAPSED, "Review expired", [], Tone.NEUTRAL),
        (S.SENDING, "Sending", ["Refresh"], Tone.CAUTION),
        (S.UNKNOWN, "Sent, outcome unknown", ["Refresh"], Tone.CAUTION),
        (S.NOT_PLACED, "Not placed", [], Tone.BAD),
        (S.REJECTED, "Order rejected", [], Tone.BAD),
        (S.ACCEPTED, "Accepted", ["Cancel order", "Refresh"], Tone.NEUTRAL),
        (S.PARTIALLY_FILLED, "Partly filled", ["Cancel order", "Refresh"], Tone.GOOD),
        (S.FILLED, "Filled", [], Tone.GOOD),
        (S.CANCELED, "Canceled", [], Tone.NEUTRAL),
        (S.EXPIRED, "Expired", [], Tone.NEUTRAL),
        (S.REPLACED, "Replaced", [], Tone.NEUTRAL),
        (S.GONE, "Gone", ["Refresh"], Tone.CAUTION),
    ],
)
def test_each_state_has_its_face(
    state: OrderState, title: str, buttons: list[str], tone: Tone
) -> None:
    card = order_card(order_in(state), "Paper …3456", NOON)

    assert card.title == f"{title} · Buy 10 AAPL"
    assert sorted(one.label for one in card.buttons) == sorted(buttons)
    assert card.tone is tone
    assert card.badges == ("PAPER",)
    drawn(card).assert_fits()


def test_no_state_is_without_a_face() -> None:
    for state in OrderState:
        assert order_card(order_in(state), "", NOON).title


@pytest.mark.parametrize("environment", Environment)
@pytest.mark.parametrize("state", OrderState)
def test_every_card_says_whether_the_money_is_real(
    state: OrderState, environment: Environment
) -> None:
    order = order_in(state, environment=environment)

    for card in (order_card(order, "", NOON), shared_card(order, "anna")):
        assert f"`{environment.value.upper()}`" in drawn(card).texts[0]


def test_a_review_says_that_nothing_is_sent_yet_and_until_when_it_holds() -> None:
    order = order_in(S.DRAFT)

    text = drawn(order_card(order, "Paper …3456", NOON)).text

    assert "Nothing is sent until you confirm." in text
    assert f"<t:{int(order.review.expires_at.timestamp())}:R>" in text
    assert "Paper …3456" in text
    assert "$90.00" in text


def test_an_unknown_outcome_warns_against_repeating_the_order() -> None:
    text = drawn(order_card(order_in(S.UNKNOWN), "", NOON)).text

    assert "Do not repeat it" in text


def test_a_receipt_shows_what_was_paid_with_fees() -> None:
    text = drawn(order_card(order_in(S.FILLED, fills=(FILL,)), "", NOON)).text

    assert "10 at $89.50" in text
    assert "$895.00" in text
    assert "$0.10" in text


def test_money_comes_in_for_a_sale() -> None:
    order = order_in(S.FILLED, fills=(FILL,), request=request(side=Side.SELL))

    text = drawn(order_card(order, "", NOON)).text

    assert "Received" in text
    assert "Paid" not in text


@pytest.mark.parametrize("state", OrderState)
def test_share_is_offered_only_after_a_fill_and_where_somebody_could_see_it(
    state: OrderState,
) -> None:
    filled, empty = order_in(state, fills=(FILL,)), order_in(state)

    def labels(order: object, may_share: bool) -> set[str]:
        return {one.label for one in order_card(order, "", NOON, may_share=may_share).buttons}

    assert "Share" in labels(filled, may_share=True)
    assert "Share" not in labels(filled, may_share=False)
    assert "Share" not in labels(empty, may_share=True)


def test_a_shared_card_holds_neither_account_nor_money_nor_id() -> None:
    order = order_in(S.FILLED, fills=(FILL,))

    card = shared_card(order, "anna")

    text = drawn(card).text
    assert "anna" in text
    assert "10 at $89.50" in text
    for hidden in (order.order_id, order.link_id, order.account_id, "895", "Fees", "Account"):
        assert hidden not in text
    assert card.buttons == ()


@pytest.mark.parametrize(
    ("terms", "words"),
    [
        ({}, "Limit $90.00 · today only"),
        ({"type": OrderType.MARKET, "limit_price": None}, "Market · today only"),
        (
            {"type": OrderType.STOP_LIMIT, "stop_price": Decimal(95)},
            "Stop $95.00, limit $90.00",
        ),
        ({"time_in_force": TimeInForce.GTC}, "good til canceled"),
        ({"time_in_force": TimeInForce.IOC}, "immediate or cancel"),
        ({"time_in_force": TimeInForce.FOK}, "fill or kill"),
        (
            {"take_profit": Decimal(120), "stop_loss": Decimal(80)},
            "take profit $120.00 · stop loss $80.00",
        ),
    ],
)
def test_the_terms_are_told_in_words(terms: dict[str, object], words: str) -> None:
    text = drawn(order_card(order_in(S.DRAFT, request=request(**terms)), "", NOON)).text

    assert words in text.replace("\\", "")


def test_a_short_sale_is_called_one() -> None:
    terms = request(side=Side.SELL, effect=PositionEffect.SHORT)

    assert "Sell short 10 AAPL" in order_card(order_in(S.DRAFT, request=terms), "", NOON).title


def test_the_closing_orders_of_a_bracket_are_listed_with_their_states() -> None:
    legs = (
        Leg(role=LegRole.TAKE_PROFIT, price=Decimal(120), state=S.ACCEPTED),
        Leg(role=LegRole.STOP_LOSS, price=Decimal(80), state=S.CANCELED),
    )

    text = drawn(order_card(order_in(S.FILLED, fills=(FILL,), legs=legs), "", NOON)).text

    assert "Take profit at $120.00 · accepted" in text
    assert "Stop loss at $80.00 · canceled" in text


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (IntentState.SENDING, "Cancel asked for; no answer yet."),
        (IntentState.ACCEPTED, "Cancel asked for; the broker is at it."),
        (IntentState.UNKNOWN, "Cancel sent, outcome unknown."),
        (IntentState.REFUSED, "Cancel refused."),
        (IntentState.NOT_SENT, "Cancel not sent. You can ask again."),
    ],
)
def test_a_cancel_that_is_under_way_is_told_on_the_card(state: IntentState, words: str) -> None:
    order = order_in(S.ACCEPTED, intent=intent(IntentKind.CANCEL, state))

    assert words in drawn(order_card(order, "", NOON)).text


def test_a_change_that_was_carried_out_is_told_once_more_in_words() -> None:
    order = order_in(S.ACCEPTED, intent=intent(IntentKind.MODIFY, IntentState.DONE))

    assert "Change carried out." in drawn(order_card(order, "", NOON)).text


def test_the_brokers_own_reason_is_shown_as_text_and_not_as_markup() -> None:
    order = order_in(S.REJECTED, reason="**no** <@1> @everyone\n# big")

    text = drawn(order_card(order, "", NOON)).text

    assert r"\*\*no\*\*" in text
    assert "<@1>" not in text
    assert "@everyone" not in text
    assert "\n# big" not in text


def test_the_age_of_the_quote_is_told() -> None:
    order = order_in(S.DRAFT)

    text = drawn(order_card(order, "", NOON + timedelta(seconds=42))).text

    assert "42 s old" in text


def test_orders_that_may_be_it_are_listed_with_a_button_each() -> None:
    doubtful = replace(
        order_in(OrderState.UNKNOWN),
        candidates=(
            Candidate(broker_order_id="701", state=OrderState.ACCEPTED, filled=Decimal(0)),
            Candidate(broker_order_id="702", state=OrderState.FILLED, filled=Decimal(10)),
        ),
    )

    card = order_card(doubtful, "ex", NOON)

    (section,) = card.sections
    assert section.lines == ("1. Id 701 · accepted", "2. Id 702 · filled, 10 filled")
    assert [button.label for button in card.buttons] == [
        "Refresh",
        "It is 1",
        "It is 2",
        "None of them",
    ]
    matches = [custom_ids.DECIDE.fullmatch(button.custom_id or "") for button in card.buttons[1:]]
    assert [match and match["which"] for match in matches] == ["701", "702", "none"]


def test_once_it_is_clear_nothing_is_to_choose() -> None:
    accepted = replace(
        order_in(OrderState.ACCEPTED),
        candidates=(Candidate(broker_order_id="1", state=OrderState.FILLED, filled=Decimal(1)),),
    )

    card = order_card(accepted, "ex", NOON)

    assert card.sections == ()
    assert not any("It is" in button.label for button in card.buttons)


def test_a_doubtful_price_with_real_money_is_asked_about_once_more() -> None:
    draft = order_in(S.DRAFT)
    review = replace(draft.review, doubt="The quote is delayed.")
    asked = replace(draft, environment=Environment.LIVE, review=review, asked_again=True)

    card = order_card(asked, "IBKR …4567", NOON)

    assert card.title == "Are you sure? · Buy 10 AAPL"
    assert card.tone is Tone.CAUTION
    assert "The quote is delayed." in card.lead
    assert "Nothing has been sent." in card.lead
    # What stood under the finger was Confirm: the second half of a double click cancels.
    assert [one.label for one in card.buttons] == ["Cancel", "Send anyway"]
    drawn(card).assert_fits()


def test_after_a_change_the_review_s_estimate_is_not_shown_any_more() -> None:
    order = order_in(OrderState.ACCEPTED)
    order = replace(order, review=replace(order.review, cost=usd(900)))
    changed = replace(
        order, events=(*order.events, event(OrderState.ACCEPTED, "modify:done", NOON))
    )

    assert "about" in drawn(order_card(order, "", NOON)).text
    assert "about" not in drawn(order_card(changed, "", NOON)).text
