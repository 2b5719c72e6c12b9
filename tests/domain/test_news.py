"""Which news it is: from what happened since the person was told, the weightiest of it."""

import pytest

from floorbroker.domain.news import USUAL, NewsKind, NewsLevel, news_of
from floorbroker.domain.order import Order, OrderEvent, Telling
from floorbroker.domain.order_life import with_receipt
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.people import Person
from tests.domain.building import ANNA, LATER, NOON, fill, order, receipt

S, K = OrderState, NewsKind
CLICK = [("drafted", S.DRAFT), ("confirmed", S.SENDING)]
TOOK = [*CLICK, ("broker:accepted", S.ACCEPTED)]


def lived(*steps: tuple[str, OrderState], told: int | None) -> Order:
    """An order with this history, of which the person knows the first `told` events."""
    events = tuple(OrderEvent(at=NOON, what=what, state=state) for what, state in steps)
    known = None if told is None else Telling(events=told)
    return order(steps[-1][1], events=events, told=known)


@pytest.mark.parametrize(
    ("step", "kind"),
    [
        (("broker:partially_filled", S.PARTIALLY_FILLED), K.PARTIAL),
        (("broker:filled", S.FILLED), K.FILLED),
        (("broker:canceled", S.CANCELED), K.ENDED),
        (("broker:expired", S.EXPIRED), K.ENDED),
        (("broker:replaced", S.REPLACED), K.ENDED),
        (("broker:rejected", S.REJECTED), K.CRITICAL),
        (("absent at the broker", S.GONE), K.CRITICAL),
        (("fill", S.ACCEPTED), K.PARTIAL),
        (("fill corrected", S.ACCEPTED), K.FILLED),
        (("legs", S.ACCEPTED), K.CHANGED),
        (("leg filled", S.ACCEPTED), K.FILLED),
        (("cancel:refused", S.ACCEPTED), K.CHANGED),
        (("modify:done", S.ACCEPTED), K.CHANGED),
        (("cancel:unknown", S.ACCEPTED), K.CRITICAL),
        (("cancel:asked", S.ACCEPTED), None),
        (("replaced", S.ACCEPTED), None),
    ],
)
def test_one_step_of_a_working_order(step: tuple[str, OrderState], kind: NewsKind | None) -> None:
    assert news_of(lived(*TOOK, step, told=3)) is kind


def test_a_fill_and_a_cancel_between_two_looks_are_news_of_the_end() -> None:
    both = lived(
        *TOOK, ("fill", S.ACCEPTED), ("broker:canceled", S.CANCELED), ("cancel:done", S.CANCELED),
        told=3,
    )  # fmt: skip

    assert news_of(both) is K.ENDED


def test_a_fill_after_the_end_weighs_as_much_as_a_whole_one() -> None:
    late = lived(*TOOK, ("broker:canceled", S.CANCELED), ("fill", S.CANCELED), told=4)

    assert news_of(late) is K.FILLED


def test_what_is_known_already_is_no_news() -> None:
    assert news_of(lived(*TOOK, ("broker:filled", S.FILLED), told=4)) is None


@pytest.mark.parametrize("end", [S.ACCEPTED, S.FILLED, S.CANCELED, S.NOT_PLACED, S.REJECTED])
@pytest.mark.parametrize("doubt", [S.UNKNOWN, S.NOT_PLACED, S.GONE])
def test_the_end_of_a_doubt_is_critical(doubt: OrderState, end: OrderState) -> None:
    if doubt is end:
        return
    known = lived(*CLICK, ("no answer", doubt), ("found", end), told=3)

    assert news_of(known) is K.CRITICAL


def test_an_outcome_that_the_click_never_showed_is_critical() -> None:
    assert news_of(lived(*TOOK, told=1)) is K.CRITICAL


def test_an_order_that_must_be_decided_on_is_critical() -> None:
    asked = lived(*CLICK, ("no answer", S.UNKNOWN), ("ambiguous", S.UNKNOWN), told=3)

    assert news_of(asked) is K.CRITICAL


def test_the_end_of_a_cancel_in_doubt_is_critical_also_after_other_news() -> None:
    known = (*TOOK, ("cancel:asked", S.ACCEPTED), ("cancel:unknown", S.ACCEPTED))
    later = lived(*known, ("fill", S.ACCEPTED), ("cancel:refused", S.ACCEPTED), told=6)

    assert news_of(later) is K.CRITICAL


def test_of_an_order_that_an_older_version_stored_the_last_event_is_the_news() -> None:
    old = lived(*CLICK, ("no answer", S.UNKNOWN), ("found", S.ACCEPTED), ("fill", S.ACCEPTED),
                told=None)  # fmt: skip

    assert news_of(old) is K.PARTIAL


def test_news_of_a_real_receipt() -> None:
    working = order(S.ACCEPTED, events=(OrderEvent(at=NOON, what="x", state=S.ACCEPTED),),
                    told=Telling(events=1))  # fmt: skip

    part = with_receipt(working, receipt(S.PARTIALLY_FILLED, fill("1", 2)), LATER)
    whole = with_receipt(part, receipt(S.FILLED, fill("1", 2), fill("2", 8)), LATER)

    assert [news_of(one) for one in (working, part, whole)] == [None, K.PARTIAL, K.FILLED]


def test_critical_news_cannot_be_switched_off() -> None:
    nothing = Person(user_id=ANNA, notify=False)
    forged = Person(user_id=ANNA, levels={"critical": NewsLevel.OFF})

    assert nothing.level(K.CRITICAL) is forged.level(K.CRITICAL) is NewsLevel.ON


def test_whoever_had_switched_messages_off_keeps_all_but_critical_news_off() -> None:
    person = Person(user_id=ANNA, notify=False)

    assert {person.level(kind) for kind in USUAL} == {NewsLevel.OFF}
    one = person.with_level(K.FILLED, NewsLevel.ON)
    assert {kind for kind in USUAL if one.level(kind) is NewsLevel.ON} == {K.FILLED}


def test_until_somebody_says_otherwise_partial_fills_come_without_a_sound() -> None:
    person = Person(user_id=ANNA)

    levels = {kind: person.level(kind) for kind in USUAL}
    assert levels.pop(K.PARTIAL) is NewsLevel.SILENT
    assert set(levels.values()) == {NewsLevel.ON}
