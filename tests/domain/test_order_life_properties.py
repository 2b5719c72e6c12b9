"""The life of an order against everything a broker may say, in any order."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from floorbroker.domain.error_codes import ErrorCode
from floorbroker.domain.errors import NotSent, OrderRejected
from floorbroker.domain.order import Intent, IntentKind, IntentState, Order
from floorbroker.domain.order_life import moved, with_receipt
from floorbroker.domain.order_state import TRANSITIONS, OrderState
from floorbroker.domain.orders import Fill, OrderChanges, Receipt
from floorbroker.services.sending import (
    Answered,
    NeverLeft,
    Outcome,
    Refused,
    Silent,
    after_asking,
    after_placing,
)
from tests.domain.building import NOON, fill, order

FILLS = tuple(fill(str(number), number) for number in range(1, 6))
AT_BROKER = (
    OrderState.ACCEPTED,
    OrderState.PARTIALLY_FILLED,
    OrderState.FILLED,
    OrderState.CANCELED,
    OrderState.EXPIRED,
    OrderState.REPLACED,
    OrderState.REJECTED,
)
RECEIPTS = st.builds(
    Receipt,
    broker_order_id=st.sampled_from(["B-1", "B-2", "B-3"]),
    state=st.sampled_from(AT_BROKER),
    fills=st.lists(st.sampled_from(FILLS), unique=True).map(tuple),
    reason=st.sampled_from(["", "Because."]),
    quantity=st.sampled_from([None, Decimal(5), Decimal(10)]),
    limit_price=st.sampled_from([None, Decimal(80), Decimal(90)]),
)
OUTCOMES: st.SearchStrategy[Outcome] = st.one_of(
    st.builds(Answered, receipt=RECEIPTS),
    st.just(Answered(receipt=None)),
    st.just(Refused(error=OrderRejected("No.", reason=ErrorCode.ORDER_REJECTED))),
    st.just(NeverLeft(error=NotSent())),
    st.just(Silent()),
)
INTENTS = st.sampled_from(
    [(IntentKind.CANCEL, None), (IntentKind.MODIFY, OrderChanges(quantity=Decimal(5)))]
)


class OrderLife(RuleBasedStateMachine):
    """One order; each rule is something that can happen to it."""

    def __init__(self) -> None:
        super().__init__()
        self.order: Order = moved(order(), OrderState.SENDING, "confirmed", NOON)
        self.told: set[Fill] = set()
        self.now = NOON

    def _becomes(self, after: Order) -> None:
        before = self.order
        assert after.state is before.state or after.state in TRANSITIONS[before.state]
        assert after.fills[: len(before.fills)] == before.fills
        assert after.events[: len(before.events)] == before.events
        assert after.request.instrument == before.request.instrument
        assert after.request.side is before.request.side
        assert after.order_id == before.order_id
        self.order = after
        self.now += timedelta(seconds=1)

    def _heard(self, outcome: Outcome) -> None:
        if isinstance(outcome, Answered) and outcome.receipt is not None:
            self.told |= set(outcome.receipt.fills)

    @rule(receipt=RECEIPTS)
    def is_read_back(self, receipt: Receipt) -> None:
        self.told |= set(receipt.fills)
        self._becomes(with_receipt(self.order, receipt, self.now))

    @rule(outcome=OUTCOMES)
    def is_placed(self, outcome: Outcome) -> None:
        self._heard(outcome)
        self._becomes(after_placing(self.order, outcome, self.now))

    @precondition(lambda self: self.order.state.working)
    @rule(asked=INTENTS)
    def is_asked_for_more(self, asked: tuple[IntentKind, OrderChanges | None]) -> None:
        kind, changes = asked
        intent = Intent(
            kind=kind, origin_key="c", state=IntentState.SENDING, at=self.now, changes=changes
        )
        self._becomes(replace(self.order, intent=intent))

    @precondition(
        lambda self: (
            self.order.intent is not None and self.order.intent.state is IntentState.SENDING
        )
    )
    @rule(outcome=OUTCOMES)
    def is_answered_about_that(self, outcome: Outcome) -> None:
        self._heard(outcome)
        self._becomes(after_asking(self.order, outcome, self.now))
        assert self.order.intent is not None
        assert self.order.intent.state is not IntentState.SENDING

    @invariant()
    def no_fill_is_lost_or_counted_twice(self) -> None:
        assert set(self.order.fills) == self.told
        assert len({one.fill_id for one in self.order.fills}) == len(self.order.fills)
        assert self.order.filled_quantity == sum(one.quantity for one in self.told)

    @invariant()
    def the_present_broker_id_is_not_among_the_replaced_ones(self) -> None:
        assert self.order.broker_order_id not in self.order.replaced
        assert len(set(self.order.replaced)) == len(self.order.replaced)

    @invariant()
    def an_end_leaves_no_question_open(self) -> None:
        if self.order.state.final and self.order.intent is not None:
            assert not self.order.intent.state.open


def test_whatever_is_said_in_whatever_order_the_life_stays_legal_and_complete() -> None:
    run_state_machine_as_test(
        OrderLife, settings=settings(max_examples=60, stateful_step_count=20, deadline=None)
    )


@pytest.mark.long
@pytest.mark.timeout(1200)
def test_the_same_over_many_more_lives() -> None:
    run_state_machine_as_test(
        OrderLife,
        settings=settings(
            max_examples=5_000,
            stateful_step_count=50,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
