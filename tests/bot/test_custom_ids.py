"""Custom ids: short, only an action and what it is about, and readable again after a restart."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from floorbroker.bot.replies import custom_ids
from floorbroker.bot.replies.order_cards import order_card
from floorbroker.bot.replies.portfolio_cards import positions_card
from floorbroker.domain.ids import new_order_id
from floorbroker.domain.order_state import OrderState
from floorbroker.services.portfolio import Overview
from tests.bot.drawn import account, holdings, order_in, position
from tests.domain.building import NOON
from tests.e2e.hostile import VALUES


@pytest.mark.parametrize("action", ["confirm", "discard", "cancel", "refresh", "share"])
def test_an_orders_button_is_read_back(action: str) -> None:
    order_id = new_order_id()

    match = custom_ids.ORDER.fullmatch(custom_ids.order(action, order_id))

    assert match is not None
    assert (match["action"], match["order_id"]) == (action, order_id)


@pytest.mark.parametrize("state", OrderState)
def test_every_button_of_an_order_is_read_back(state: OrderState) -> None:
    order = order_in(state)

    for button in order_card(order, "", NOON, may_share=True).buttons:
        match = custom_ids.ORDER.fullmatch(button.custom_id)
        assert match is not None
        assert match["order_id"] == order.order_id
        assert len(button.custom_id) <= 100


@given(what=st.text(max_size=120))
def test_another_button_is_read_back_or_not_made_at_all(what: str) -> None:
    custom_id = custom_ids.choice("close", what)

    if custom_id is not None:
        match = custom_ids.CHOICE.fullmatch(custom_id)
        assert match is not None
        assert match["what"] == what
        assert len(custom_id) <= 100


@pytest.mark.parametrize("symbol", ["AAPL", "BRK.B", "BTC/USD", "A" * 15 + "." + "B" * 10])
def test_a_position_is_closed_by_its_own_button(symbol: str) -> None:
    overview = Overview(holdings=[holdings(position(symbol), of=account(12345))], failed=[])

    (button,) = positions_card(overview, NOON).buttons

    match = custom_ids.CHOICE.fullmatch(button.custom_id)
    assert match is not None
    assert match["action"] == "close"
    assert match["what"] == f"{account(12345).value}@{symbol}"


@pytest.mark.parametrize("value", VALUES.values(), ids=VALUES.keys())
def test_hostile_text_does_not_pass_for_an_orders_button(value: str) -> None:
    assert custom_ids.ORDER.fullmatch(f"fb:confirm:{value}") is None


def test_an_id_of_an_order_holds_no_more_than_that() -> None:
    order_id = new_order_id()

    assert custom_ids.ORDER.fullmatch(f"fb:confirm:{order_id}x") is None
    assert custom_ids.ORDER.fullmatch(f"fb:confirm:{order_id}\n") is None
    assert custom_ids.ORDER.fullmatch(f"fb:sell:{order_id}") is None


@pytest.mark.parametrize(
    ("way", "what"),
    [("idea", "0123456789abcdef"), ("buy", "AAPL261218C00220000"), ("sell", "A" * 21)],
)
def test_a_form_is_read_back(way: str, what: str) -> None:
    custom_id = custom_ids.size(way, what)

    match = custom_ids.SIZE.fullmatch(custom_id)

    assert match is not None
    assert (match["way"], match["what"]) == (way, what)
    assert len(custom_id) <= custom_ids.LONGEST
