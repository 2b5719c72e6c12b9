"""The diagram of architecture.md, row by row: what may follow what, and nothing else."""

import itertools
from typing import Final

import pytest

from floorbroker.domain.order_life import IllegalTransition, moved
from floorbroker.domain.order_state import UNRESOLVED, WORKING, OrderState, may_follow
from tests.domain.building import LATER, order

S = OrderState
ENDS: Final = "filled canceled expired replaced"
DIAGRAM: Final[dict[OrderState, str]] = {
    S.DRAFT: "sending discarded lapsed",
    S.SENDING: f"accepted partially_filled {ENDS} rejected not_placed unknown",
    S.UNKNOWN: f"accepted partially_filled {ENDS} rejected not_placed",
    S.ACCEPTED: f"accepted partially_filled {ENDS} rejected gone",
    S.PARTIALLY_FILLED: f"partially_filled {ENDS} gone",
    S.FILLED: "",
    S.CANCELED: "",
    S.EXPIRED: "",
    S.REPLACED: "",
    S.REJECTED: "",
    S.NOT_PLACED: f"accepted partially_filled {ENDS} rejected",
    S.GONE: f"accepted partially_filled {ENDS} rejected",
    S.DISCARDED: "",
    S.LAPSED: "",
}


def test_the_diagram_names_every_state() -> None:
    assert set(DIAGRAM) == set(OrderState)


@pytest.mark.parametrize(("before", "after"), [*itertools.product(OrderState, repeat=2)])
def test_an_order_moves_as_the_diagram_says_and_no_other_way(
    before: OrderState, after: OrderState
) -> None:
    allowed = after.value in DIAGRAM[before].split()

    assert may_follow(before, after) is allowed
    if allowed:
        assert moved(order(before), after, "test", LATER).state is after
    else:
        with pytest.raises(IllegalTransition):
            moved(order(before), after, "test", LATER)


def test_a_move_adds_one_event_and_changes_nothing_else() -> None:
    before = order(S.SENDING)

    after = moved(before, S.ACCEPTED, "broker:accepted", LATER)

    [event] = after.events
    assert (event.at, event.what, event.state) == (LATER, "broker:accepted", S.ACCEPTED)
    assert after.fills == before.fills
    assert after.version == before.version


@pytest.mark.parametrize("state", OrderState)
def test_a_state_is_final_where_the_diagram_ends(state: OrderState) -> None:
    assert state.final is (DIAGRAM[state] == "" or state in {S.NOT_PLACED, S.GONE})


def test_only_what_the_broker_has_and_can_fill_is_working() -> None:
    assert {S.ACCEPTED, S.PARTIALLY_FILLED} == WORKING
    assert {state for state in OrderState if state.working} == WORKING


def test_only_what_may_have_been_sent_without_an_answer_is_unresolved() -> None:
    assert {S.SENDING, S.UNKNOWN} == UNRESOLVED
