"""How an order changes: pure steps from one stored order to the next."""

from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from floorbroker.domain.news import CORRECTED, FILL, LEG_FILLED, LEGS
from floorbroker.domain.order import Intent, IntentKind, IntentState, Order, OrderEvent
from floorbroker.domain.order_state import UNRESOLVED, OrderState, may_follow
from floorbroker.domain.orders import Fill, Leg, OrderRequest, Receipt


class IllegalTransition(ValueError):
    """A state that may not follow the present one: a defect, never a broker's doing."""


def moved(order: Order, state: OrderState, what: str, at: datetime) -> Order:
    """`order` in `state`, with one more event.

    Raises:
        IllegalTransition: `state` may not follow.
    """
    if not may_follow(order.state, state):
        raise IllegalTransition(f"{order.state} is not followed by {state}")
    return replace(order, state=state, events=(*order.events, event(state, what, at)))


def event(state: OrderState, what: str, at: datetime) -> OrderEvent:
    """One line of history."""
    return OrderEvent(at=at, what=what, state=state)


def with_receipt(order: Order, receipt: Receipt, at: datetime) -> Order:
    """`order` as the broker describes it now; an equal order if nothing is new.

    Fills are merged by their id and never lost: one may arrive after a cancel. A state that may
    not follow is ignored, since an old answer can arrive late, and so is everything but the fills
    of an answer about an id that a modify has replaced.
    """
    fills = _merged(order.fills, receipt.fills)
    if receipt.broker_order_id in order.replaced:
        return _with_late_fills(order, fills, at)
    if receipt.state is OrderState.REPLACED and receipt.replaced_by is not None:
        return _succeeded(order, receipt, fills, at)
    changed = replace(
        order,
        fills=fills,
        legs=receipt.legs or order.legs,
        reason=receipt.reason or order.reason,
        request=_amended(order, receipt),
        broker_order_id=receipt.broker_order_id,
        replaced=_chain(order, receipt),
    )
    if receipt.state is not order.state and may_follow(order.state, receipt.state):
        changed = moved(changed, receipt.state, f"broker:{receipt.state}", at)
    elif (what := _detail(order, fills, changed.legs)) is not None:
        changed = replace(changed, events=(*order.events, event(order.state, what, at)))
    return settle_intent(changed, receipt, at)


def _detail(order: Order, fills: tuple[Fill, ...], legs: tuple[Leg, ...]) -> str | None:
    """What happened while the state stayed; None: nothing that an order's history tells."""
    if len(fills) > len(order.fills):
        return FILL
    if _executions(fills) != _executions(order.fills):
        return CORRECTED
    if legs == order.legs:
        return None
    return LEG_FILLED if _filled_legs(legs) > _filled_legs(order.legs) else LEGS


def _executions(fills: tuple[Fill, ...]) -> list[tuple[Decimal, Decimal]]:
    """What makes the money of a fill, but for its fee."""
    return [(fill.quantity, fill.price) for fill in fills]


def _filled_legs(legs: tuple[Leg, ...]) -> int:
    return sum(leg.state is OrderState.FILLED for leg in legs)


def _succeeded(order: Order, receipt: Receipt, fills: tuple[Fill, ...], at: datetime) -> Order:
    """The broker works on under a new id: that one is followed, and the old one is remembered."""
    if receipt.replaced_by is None or receipt.replaced_by == order.broker_order_id:
        return order
    return replace(
        order,
        fills=fills,
        broker_order_id=receipt.replaced_by,
        replaced=(*order.replaced, receipt.broker_order_id),
        events=(*order.events, event(order.state, "replaced", at)),
    )


def _with_late_fills(order: Order, fills: tuple[Fill, ...], at: datetime) -> Order:
    if fills == order.fills:
        return order
    what = _detail(order, fills, order.legs)
    events = order.events if what is None else (*order.events, event(order.state, what, at))
    return replace(order, fills=fills, events=events)


def followed(order: Order) -> bool:
    """Whether the broker may still have something new to say about it."""
    open_intent = order.intent is not None and order.intent.state.open
    return order.state in UNRESOLVED or can_be_canceled(order) or open_intent


def can_be_canceled(order: Order) -> bool:
    """Whether something of it is at work: the order itself, or a filled one's closing orders."""
    return order.state.working or _legs_work(order)


def _legs_work(order: Order) -> bool:
    return order.state is OrderState.FILLED and any(leg.state.working for leg in order.legs)


def _canceled(order: Order) -> bool:
    if order.state is OrderState.CANCELED:
        return True
    legs = {leg.state for leg in order.legs}
    return order.state is OrderState.FILLED and legs == {OrderState.CANCELED}


def settle_intent(order: Order, receipt: Receipt, at: datetime) -> Order:
    """Ends an open cancel or modify if the broker's answer proves what became of it."""
    intent = order.intent
    if intent is None or not intent.state.open:
        return order
    if intent.kind is IntentKind.CANCEL and _canceled(order):
        return with_intent(order, intent, IntentState.DONE, at)
    if intent.kind is IntentKind.MODIFY and _carried_out(intent, receipt):
        return with_intent(order, intent, IntentState.DONE, at)
    if order.state.final and not _legs_work(order):
        ended = f"The order was {order.state.value.replace('_', ' ')} before that."
        return with_intent(order, intent, IntentState.REFUSED, at, ended)
    return order


def with_intent(
    order: Order, intent: Intent, state: IntentState, at: datetime, reason: str = ""
) -> Order:
    """`order` with its cancel or modify in `state`, and the event that says so."""
    line = event(order.state, f"{intent.kind}:{state}", at)
    return replace(
        order,
        intent=replace(intent, state=state, reason=reason),
        events=(*order.events, line),
    )


def _carried_out(intent: Intent, receipt: Receipt) -> bool:
    wanted = intent.changes
    if wanted is None:
        return False
    pairs = (
        (wanted.quantity, receipt.quantity),
        (wanted.limit_price, receipt.limit_price),
        (wanted.stop_price, receipt.stop_price),
    )
    return all(want is None or want == have for want, have in pairs)


def _amended(order: Order, receipt: Receipt) -> OrderRequest:
    """The terms as the broker works on them: a modify changes them, a notional stays one."""
    request = order.request

    def term(asked: Decimal | None, told: Decimal | None) -> Decimal | None:
        # A term that was not asked for stays out: some brokers report a trailing stop's present
        # price as a stop price. So does one that no order can have: some report 0 for "none".
        usable = told is not None and told.is_finite() and told > 0
        return told if asked is not None and usable else asked

    return replace(
        request,
        quantity=term(request.quantity, receipt.quantity),
        limit_price=term(request.limit_price, receipt.limit_price),
        stop_price=term(request.stop_price, receipt.stop_price),
    )


def _chain(order: Order, receipt: Receipt) -> tuple[str, ...]:
    """The ids before the present one, where a modify was answered with a new id."""
    before = order.broker_order_id
    if before is None or before == receipt.broker_order_id:
        return order.replaced
    return (*order.replaced, before)


def _merged(known: tuple[Fill, ...], told: tuple[Fill, ...]) -> tuple[Fill, ...]:
    """By their id: what is known stays, but for a correction, and a fee that is told later."""
    by_id = {fill.fill_id: fill for fill in told}
    seen = {fill.fill_id for fill in known}
    return (
        *(_brought_up_to_date(fill, by_id.get(fill.fill_id)) for fill in known),
        *(fill for fill in told if fill.fill_id not in seen),
    )


def _brought_up_to_date(known: Fill, told: Fill | None) -> Fill:
    if told is None or told.revision < known.revision:
        return known
    if told.revision > known.revision:
        paid = told if told.fee else known  # the fee of a correction is told after it
        return replace(told, fee=paid.fee, fee_currency=paid.fee_currency)
    if not told.fee or (known.fee and not known.revision):
        return known
    return replace(known, fee=told.fee, fee_currency=told.fee_currency)
