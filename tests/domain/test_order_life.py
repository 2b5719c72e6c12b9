"""Receipts in any order: fills are never lost, old answers change nothing, intents settle."""

from dataclasses import replace
from decimal import Decimal

import pytest

from floorbroker.domain.order import Intent, IntentKind, IntentState, Order
from floorbroker.domain.order_life import followed, with_receipt
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import Leg, LegRole, OrderChanges
from tests.domain.building import LATER, asking, fill, order, receipt

S = OrderState


def _intent(of: Order) -> Intent:
    assert of.intent is not None
    return of.intent


def test_a_receipt_moves_the_order_and_says_so_in_its_events() -> None:
    after = with_receipt(order(S.SENDING), receipt(S.ACCEPTED), LATER)

    assert after.state is S.ACCEPTED
    assert after.broker_order_id == "B-1"
    assert [event.what for event in after.events] == ["broker:accepted"]


def test_the_same_receipt_twice_changes_nothing_the_second_time() -> None:
    told = receipt(S.PARTIALLY_FILLED, fill("1", 4), quantity=Decimal(10), reason="part")
    once = with_receipt(order(S.ACCEPTED), told, LATER)

    assert with_receipt(once, told, LATER) == once


def test_fills_are_merged_by_their_id() -> None:
    before = order(S.PARTIALLY_FILLED, fills=(fill("1", 2), fill("2", 3)))

    after = with_receipt(before, receipt(S.PARTIALLY_FILLED, fill("2", 3), fill("3", 1)), LATER)

    assert [one.fill_id for one in after.fills] == ["1", "2", "3"]
    assert after.filled_quantity == 6
    assert after.events[-1].what == "fill"


def test_a_fee_that_is_told_later_is_added_and_never_taken_away() -> None:
    before = order(S.PARTIALLY_FILLED, fills=(fill("1", 2),))
    paid = replace(fill("1", 2), fee=Decimal("0.35"))

    told = with_receipt(before, receipt(S.CANCELED, paid), LATER)
    again = with_receipt(told, receipt(S.CANCELED, fill("1", 2)), LATER)

    assert told.fills == (paid,)
    assert again.fills == (paid,)


def test_a_receipt_that_lists_fewer_fills_takes_none_away() -> None:
    before = order(S.PARTIALLY_FILLED, fills=(fill("1"), fill("2")))

    after = with_receipt(before, receipt(S.PARTIALLY_FILLED), LATER)

    assert after.fills == before.fills


def test_a_fill_after_a_cancel_request_is_kept() -> None:
    before = asking(order(S.ACCEPTED), IntentKind.CANCEL)

    after = with_receipt(before, receipt(S.PARTIALLY_FILLED, fill("1")), LATER)

    assert after.state is S.PARTIALLY_FILLED
    assert after.filled_quantity == 1
    assert _intent(after).state is IntentState.UNKNOWN


@pytest.mark.parametrize("end", [S.CANCELED, S.EXPIRED, S.FILLED, S.REPLACED, S.REJECTED])
def test_a_fill_that_is_told_after_the_end_is_kept(end: OrderState) -> None:
    before = order(end, broker_order_id="B-1", fills=(fill("1", 4),))

    after = with_receipt(before, receipt(S.PARTIALLY_FILLED, fill("1", 4), fill("2", 1)), LATER)

    assert after.state is end
    assert after.filled_quantity == 5
    assert after.events[-1].what == "fill"


@pytest.mark.parametrize(
    "end", [s for s in OrderState if s.final and s not in {S.NOT_PLACED, S.GONE}]
)
@pytest.mark.parametrize("late", [S.ACCEPTED, S.PARTIALLY_FILLED, S.CANCELED, S.FILLED])
def test_a_late_answer_never_moves_an_order_from_its_end(end: OrderState, late: OrderState) -> None:
    assert with_receipt(order(end), receipt(late), LATER).state is end


@pytest.mark.parametrize("absent", [S.NOT_PLACED, S.GONE])
def test_an_order_that_was_called_absent_and_turns_up_is_taken_at_its_brokers_word(
    absent: OrderState,
) -> None:
    found = with_receipt(order(absent), receipt(S.FILLED, fill("1")), LATER)

    assert found.state is S.FILLED
    assert found.filled_quantity == fill("1").quantity


def test_the_successor_of_a_replaced_order_is_followed() -> None:
    before = order(S.ACCEPTED, broker_order_id="B-1")

    after = with_receipt(before, receipt(S.REPLACED, replaced_by="B-2"), LATER)

    assert (after.state, after.broker_order_id, after.replaced) == (S.ACCEPTED, "B-2", ("B-1",))
    assert with_receipt(after, receipt(S.REPLACED, replaced_by="B-2"), LATER) == after


def test_an_old_acceptance_does_not_undo_a_partial_fill() -> None:
    before = order(S.PARTIALLY_FILLED, broker_order_id="B-1", fills=(fill("1"),))

    assert with_receipt(before, receipt(S.ACCEPTED), LATER) == before


def test_a_new_broker_id_keeps_the_one_before_it() -> None:
    first = with_receipt(order(S.SENDING), receipt(S.ACCEPTED), LATER)
    second = with_receipt(first, receipt(S.ACCEPTED, broker_order_id="B-2"), LATER)
    third = with_receipt(second, receipt(S.ACCEPTED, broker_order_id="B-3"), LATER)

    assert third.broker_order_id == "B-3"
    assert third.replaced == ("B-1", "B-2")


@pytest.mark.parametrize("old", [S.ACCEPTED, S.CANCELED, S.REPLACED])
def test_an_answer_about_a_replaced_id_adds_its_fills_and_nothing_else(old: OrderState) -> None:
    terms = order().request
    before = order(
        S.ACCEPTED,
        broker_order_id="B-2",
        replaced=("B-1",),
        request=replace(terms, limit_price=Decimal(95)),
    )
    late = receipt(old, fill("1", 2), limit_price=Decimal(90), reason="Replaced.")

    after = with_receipt(before, late, LATER)

    assert after.filled_quantity == 2
    assert after.state is S.ACCEPTED
    assert after.broker_order_id == "B-2"
    assert after.replaced == ("B-1",)
    assert after.request.limit_price == 95
    assert after.reason == before.reason


def test_the_brokers_terms_become_the_orders_and_an_amount_of_money_stays_one() -> None:
    told = receipt(S.ACCEPTED, quantity=Decimal(9), limit_price=Decimal("89.99"))
    by_money = order(
        S.SENDING, request=replace(order().request, quantity=None, notional=Decimal(5))
    )

    assert with_receipt(order(S.SENDING), told, LATER).request.quantity == 9
    assert with_receipt(order(S.SENDING), told, LATER).request.limit_price == Decimal("89.99")
    assert with_receipt(by_money, told, LATER).request.notional == 5
    assert with_receipt(by_money, told, LATER).request.quantity is None


@pytest.mark.parametrize("number", ["0", "-1", "NaN", "Infinity"])
def test_a_term_that_no_order_can_have_leaves_the_order_readable(number: str) -> None:
    bad = Decimal(number)
    told = receipt(S.CANCELED, fill("1", 3), quantity=bad, limit_price=bad, stop_price=bad)

    after = with_receipt(order(S.ACCEPTED), told, LATER)

    assert (after.state, after.filled_quantity) == (S.CANCELED, Decimal(3))
    assert after.request == order().request


def test_a_price_that_was_never_asked_for_stays_out() -> None:
    told = receipt(S.ACCEPTED, stop_price=Decimal(80))

    assert with_receipt(order(S.SENDING), told, LATER).request == order().request


@pytest.mark.parametrize(
    ("legs", "state"),
    [
        ((S.CANCELED, S.CANCELED), IntentState.DONE),
        ((S.FILLED, S.CANCELED), IntentState.REFUSED),
        ((S.ACCEPTED, S.ACCEPTED), IntentState.UNKNOWN),
    ],
)
def test_a_cancel_of_a_filled_bracket_is_about_its_closing_orders(
    legs: tuple[OrderState, OrderState], state: IntentState
) -> None:
    told = receipt(
        S.FILLED,
        fill("1", 10),
        legs=tuple(
            Leg(role=role, price=Decimal(80), state=leg)
            for role, leg in zip(LegRole, legs, strict=True)
        ),
    )

    after = with_receipt(asking(order(S.FILLED), IntentKind.CANCEL), told, LATER)

    assert _intent(after).state is state


def test_a_cancel_is_done_when_the_order_is_canceled() -> None:
    after = with_receipt(asking(order(S.ACCEPTED), IntentKind.CANCEL), receipt(S.CANCELED), LATER)

    assert _intent(after).state is IntentState.DONE
    assert after.events[-1].what == "cancel:done"


@pytest.mark.parametrize(
    ("end", "words"), [(S.FILLED, "filled"), (S.EXPIRED, "expired"), (S.REJECTED, "rejected")]
)
def test_a_cancel_is_refused_when_the_order_ended_otherwise(end: OrderState, words: str) -> None:
    after = with_receipt(asking(order(S.ACCEPTED), IntentKind.CANCEL), receipt(end), LATER)

    assert _intent(after).state is IntentState.REFUSED
    assert _intent(after).reason == f"The order was {words} before that."


def test_a_cancel_stays_open_while_the_order_works() -> None:
    after = with_receipt(asking(order(S.ACCEPTED), IntentKind.CANCEL), receipt(), LATER)

    assert _intent(after).state is IntentState.UNKNOWN


CHANGES = OrderChanges(quantity=Decimal(5), limit_price=Decimal(80))


@pytest.mark.parametrize(
    ("quantity", "limit", "state"),
    [
        (5, 80, IntentState.DONE),
        (10, 80, IntentState.UNKNOWN),
        (5, 90, IntentState.UNKNOWN),
        (None, None, IntentState.UNKNOWN),
    ],
)
def test_a_modify_is_done_when_every_changed_term_is_the_brokers(
    quantity: int | None, limit: int | None, state: IntentState
) -> None:
    told = receipt(
        S.ACCEPTED,
        quantity=None if quantity is None else Decimal(quantity),
        limit_price=None if limit is None else Decimal(limit),
    )

    after = with_receipt(asking(order(S.ACCEPTED), IntentKind.MODIFY, CHANGES), told, LATER)

    assert _intent(after).state is state


def test_a_modify_that_was_carried_out_before_the_fill_is_done_and_not_refused() -> None:
    told = receipt(S.FILLED, fill("1", 5), quantity=Decimal(5), limit_price=Decimal(80))

    after = with_receipt(asking(order(S.ACCEPTED), IntentKind.MODIFY, CHANGES), told, LATER)

    assert after.state is S.FILLED
    assert _intent(after).state is IntentState.DONE


def test_a_modify_is_refused_when_the_order_ended_first() -> None:
    told = receipt(S.FILLED, fill("1", 10), quantity=Decimal(10), limit_price=Decimal(90))

    after = with_receipt(asking(order(S.ACCEPTED), IntentKind.MODIFY, CHANGES), told, LATER)

    assert _intent(after).state is IntentState.REFUSED


def test_an_intent_at_its_end_is_left_alone() -> None:
    before = asking(order(S.ACCEPTED), IntentKind.CANCEL)
    ended = replace(before, intent=replace(_intent(before), state=IntentState.NOT_SENT))

    assert _intent(with_receipt(ended, receipt(S.CANCELED), LATER)).state is IntentState.NOT_SENT


def test_what_can_still_change_is_followed() -> None:
    leg = Leg(role=LegRole.STOP_LOSS, price=Decimal(80))
    watched = {state for state in OrderState if followed(order(state))}

    assert watched == {S.SENDING, S.UNKNOWN, S.ACCEPTED, S.PARTIALLY_FILLED}
    assert followed(order(S.FILLED, legs=(leg,)))
    assert not followed(order(S.FILLED, legs=(replace(leg, state=S.CANCELED),)))
    assert followed(asking(order(S.FILLED), IntentKind.CANCEL))


def test_figures_are_added_over_all_fills() -> None:
    done = order(S.FILLED, fills=(fill("1", 1, 90), fill("2", 3, 100)))

    assert done.filled_quantity == 4
    assert done.average_price == Decimal("97.5")
    assert not any(fill.fee for fill in done.fills)
    assert order().average_price is None


def test_a_correction_takes_the_place_of_the_fill_and_keeps_its_fee_until_it_has_one() -> None:
    first = replace(fill("1", 2), fee=Decimal("0.35"), revision=1)
    before = order(S.FILLED, fills=(first, fill("2", 3)))
    corrected = replace(fill("1", 2), price=Decimal(91), revision=2)

    after = with_receipt(before, receipt(S.FILLED, corrected, fill("2", 3)), LATER)
    again = with_receipt(after, receipt(S.FILLED, first, fill("2", 3)), LATER)

    assert after.fills[0] == replace(corrected, fee=Decimal("0.35"))
    assert after.events[-1].what == "fill corrected"
    assert again == after


def test_another_price_without_a_revision_changes_nothing() -> None:
    before = order(S.FILLED, fills=(fill("1", 2),))

    after = with_receipt(before, receipt(S.FILLED, replace(fill("1", 2), price=Decimal(91))), LATER)

    assert after.fills == before.fills
    assert after.events == before.events
