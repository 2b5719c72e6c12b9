"""The cards of an order that goes out by itself, as they are seen."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from floorbroker.bot.replies import custom_ids
from floorbroker.bot.replies.arming_cards import arm_button, armed_card, ask_card, disarmed_card
from floorbroker.bot.replies.card import Card, Tone
from floorbroker.bot.replies.own_alert_cards import list_card, news_card, set_card
from floorbroker.bot.replies.panic_cards import panic_card, resumed_card
from floorbroker.domain.ids import OrderId
from floorbroker.domain.modes import Environment
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import Side
from floorbroker.domain.own_alerts import MOST, AlertKind, Firing, OwnAlert, fired
from floorbroker.domain.placing import MOST_ARMED, Stage, over, sent
from floorbroker.services.panic import Exposure
from tests.bot.drawn import drawn, order_in
from tests.domain.alerting import FIRING, PREPARED, own_alert, placing
from tests.domain.building import NOON

ASKED = own_alert(prepared=PREPARED, placing=placing(Stage.ASKED))
ARMED = own_alert(prepared=PREPARED, placing=placing())
LONGEST_WHY = "Order value $1,234.00 exceeds limit. " * 8


def went(alert: OwnAlert, why: str = "") -> OwnAlert:
    """Fired, and seen to."""
    alert = fired(alert, FIRING)
    assert alert.placing is not None
    ended = over(alert.placing, why) if why else sent(alert.placing, OrderId("o" * 18))
    return replace(alert, placing=ended, place_at=None, tell_at=NOON)


@pytest.mark.parametrize(
    "card",
    [
        set_card(own_alert(prepared=PREPARED), None, (arm_button(ARMED),)),
        ask_card(ASKED),
        armed_card(ARMED),
        armed_card(own_alert()),
        disarmed_card(ARMED, None),
        disarmed_card(ARMED, order_in(OrderState.ACCEPTED)),
        news_card(went(ARMED), NOON),
        news_card(went(ARMED, LONGEST_WHY[:300]), NOON),
        list_card([ARMED] * MOST_ARMED + [own_alert()] * (MOST - MOST_ARMED), None),
        list_card([ARMED] * MOST_ARMED, None, may_place=False),
    ],
)
def test_each_card_fits_and_its_buttons_are_found_again(card: Card) -> None:
    for button in drawn(card).buttons.values():
        assert any(
            template.fullmatch(button["custom_id"])
            for template in (custom_ids.ALERT, custom_ids.PLACE, custom_ids.ORDER)
        )


@pytest.mark.parametrize("environment", Environment)
def test_the_question_says_where_what_how_much_and_until_when(environment: Environment) -> None:
    shown = drawn(ask_card(replace(ASKED, environment=environment)))

    assert environment.value.upper() in shown.text
    for text in (
        "AAPL above $240.00",
        "Paper …0001",
        "Buy 3 AAPL · today only",
        "241.00 USD each, at most",
        "$723.00 in all, fees apart",
        "without asking you again",
        "Nothing is armed yet",
        "a week from Confirm",
    ):
        assert text in shown.text
    assert ("real money" in shown.text) == (environment is Environment.LIVE)
    assert ask_card(replace(ASKED, environment=Environment.LIVE)).tone is Tone.BAD


def of_fill(alert: OwnAlert) -> OwnAlert:
    """The same, armed for the fill of an order."""
    order = {"order_id": OrderId("o" * 18), "order_words": "Buy 1,000 AAPL"}
    return replace(alert, kind=AlertKind.FILL, level=None, **order)  # type: ignore[arg-type]  # a mixed dict


@pytest.mark.parametrize("card", [ask_card(of_fill(ASKED)), armed_card(of_fill(ARMED))])
def test_what_is_armed_for_a_fill_says_that_a_part_is_not_enough(card: Card) -> None:
    text = drawn(card).text

    assert "After the whole fill only." in text
    assert "After the whole fill only." not in drawn(armed_card(ARMED)).text


def test_after_a_part_of_the_fill_the_message_says_what_filled_and_that_nothing_was_sent() -> None:
    line = "Buy AAPL: filled 900 of 1,000 at 100 USD, then canceled."
    why = "It was armed for the whole fill, and the order filled 900 of 1,000."
    firing = Firing(number=1, at=NOON, lines=(line,))

    shown = drawn(news_card(fired(of_fill(ARMED), firing, against=why), NOON))

    assert line in shown.text
    assert f"The order that you had armed was not placed. {why}" in shown.text
    assert "Nothing was sent." in shown.text
    assert "Review order" in shown.buttons


def test_an_alert_that_ends_sooner_is_armed_until_then() -> None:
    alert = replace(ASKED, ends_at=NOON + timedelta(days=2))

    assert "a week from Confirm" not in drawn(ask_card(alert)).text


def test_a_sale_gets_at_least_its_limit() -> None:
    order = replace(placing().request, side=Side.SELL)
    text = drawn(ask_card(replace(ASKED, placing=placing(Stage.ASKED, request=order)))).text

    assert "241.00 USD each, at least" in text
    assert "Gets at least" in text


def test_nothing_is_rounded_that_makes_the_order_look_smaller() -> None:
    order = replace(placing().request, limit_price=Decimal("1.23456"), quantity=Decimal("3.1"))
    text = drawn(ask_card(replace(ASKED, placing=placing(Stage.ASKED, request=order)))).text

    assert "1.23456 USD each" in text
    assert "$3.83 in all" in text  # 3.827136
    assert "rounded to your broker's steps" in text


def test_a_second_click_at_the_place_of_the_first_does_no_harm() -> None:
    first = drawn(set_card(own_alert(prepared=PREPARED), None, (arm_button(ARMED),)))
    second, third = drawn(ask_card(ASKED)), drawn(armed_card(ARMED))

    assert list(first.buttons) == ["Remove alert", "Place it by itself …"]
    assert list(second.buttons) == ["Confirm: place it by itself", "Not now"]
    assert list(third.buttons) == ["Show alerts", "Disarm"]


def test_what_was_sent_offers_no_review_and_shows_the_order() -> None:
    shown = drawn(news_card(went(ARMED), NOON))

    assert list(shown.buttons) == ["Show order"]
    assert "order sent" in shown.text
    assert "as you had armed it" in shown.text
    assert "Nothing was sent" not in shown.text


def test_disarmed_after_its_firing_offers_nothing_more() -> None:
    shown = drawn(disarmed_card(fired(ARMED, FIRING), None))

    assert list(shown.buttons) == []
    assert "has fired already" in shown.text


def test_what_was_not_placed_says_why_and_offers_the_review() -> None:
    shown = drawn(news_card(went(ARMED, "You have paused trading."), NOON))

    assert list(shown.buttons) == ["Review order"]
    assert "was not placed. You have paused trading." in shown.text
    assert "Nothing was sent. Review makes a card that you confirm." in shown.text


def test_texts_of_a_broker_are_text() -> None:
    shown = drawn(news_card(went(ARMED, "**bold** @everyone [x](https://e.vil)"), NOON))

    assert "**bold**" not in shown.text
    assert r"\[x](https://e.vil)" in shown.text


def test_the_list_says_what_is_armed_and_until_when() -> None:
    shown = drawn(list_card([ARMED, own_alert(prepared=PREPARED)], None))

    assert "armed: its order goes out by itself" in shown.text
    assert "with a prepared order" in shown.text
    assert "Buy 3 AAPL · Limit $241.00 · today only" in shown.text
    assert list(shown.buttons) == ["Disarm AAPL above $240.00"]


def test_the_list_says_that_the_operator_has_switched_it_off() -> None:
    shown = drawn(list_card([ARMED], None, may_place=False))

    assert "goes out by itself" not in shown.text
    assert "armed: its order does not go out now" in shown.text
    assert "The operator has switched off that alerts place orders" in shown.text
    assert list(shown.buttons) == ["Disarm AAPL above $240.00"]
    unarmed = drawn(list_card([own_alert(prepared=PREPARED)], None, may_place=False))
    assert "switched off" not in unarmed.text


def test_the_end_of_a_pause_says_that_armed_orders_go_out_again() -> None:
    assert "An armed alert places its order again" in drawn(resumed_card(armed=1)).text
    assert "3 armed alerts place their orders again" in drawn(resumed_card(armed=3)).text
    assert "armed" not in drawn(resumed_card()).text


def test_a_pause_says_that_it_keeps_armed_orders_from_going_out() -> None:
    nothing = Exposure(orders=[], holdings=[], failed=[])

    assert "An armed alert places no order" in drawn(panic_card(nothing, armed=1)).text
    assert "3 armed alerts place no order" in drawn(panic_card(nothing, armed=3)).text
    assert "armed" not in drawn(panic_card(nothing)).text
