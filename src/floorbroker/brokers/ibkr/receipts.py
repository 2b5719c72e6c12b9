"""From what TWS has told of an order to receipts and lines of a list. Pure."""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from floorbroker.brokers.ibkr.errors import plain_words
from floorbroker.brokers.ibkr.executions import LATE
from floorbroker.brokers.ibkr.heard import LOSS, PROFIT, Known
from floorbroker.brokers.ibkr.mapping import instrument
from floorbroker.brokers.ibkr.told import OrderTold
from floorbroker.brokers.port import BrokerOrder
from floorbroker.brokers.shared.wire import plain, sentence
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import Fill, Leg, LegRole, Receipt

_S = OrderState
FILLED: Final = "Filled"
INACTIVE: Final = "Inactive"
CANCELED: Final = frozenset({"Cancelled", "ApiCancelled"})
PRE_SUBMITTED: Final = "PreSubmitted"
AT_WORK: Final = frozenset({PRE_SUBMITTED, "Submitted"})
"""Accepted orders: https://interactivebrokers.github.io/tws-api/order_submission.html. Of
"PendingSubmit" nobody has told yet that it was, and ib_insync says it by itself."""

DECIDED: Final = AT_WORK | CANCELED | {FILLED}
ROLES: Final[Mapping[str, LegRole]] = {PROFIT: LegRole.TAKE_PROFIT, LOSS: LegRole.STOP_LOSS}
_STOPS: Final = frozenset({"STP", "STP LMT"})
_EXPIRED: Final = re.compile(r"expire", re.I)
_MOMENT: Final = re.compile(r"(\d{8})[ -]+(\d\d:\d\d:\d\d)(?: +(\S+))?", re.ASCII)
_NO_REASON: Final = "Interactive Brokers refused the order and gives no reason."


def status_of(known: Known) -> str:
    """TWS's word for where the order stands; empty where only executions of it are known."""
    if known.ended is not None:
        return known.ended.status
    if known.status is not None:
        return known.status.status
    return known.told.status if known.told is not None else ""


def filled(known: Known) -> Decimal:
    """Units filled so far, by whoever tells the most."""
    told = known.status.filled if known.status is not None else Decimal(0)
    ended = (known.ended.filled if known.ended is not None else None) or Decimal(0)
    return max(told, ended, known.executions.quantity)


def state_of(known: Known) -> OrderState:
    """A word that decides nothing counts as working, so that the order is looked at again.

    So does "Inactive" while the order is in the list of those at work and no error refused it: TWS
    itself can wake such an order up.
    """
    word, some = status_of(known), filled(known)
    if word == FILLED or (not word and known.told is None and some > 0):
        return _S.FILLED if word == FILLED else _S.PARTIALLY_FILLED
    ended_inactive = word == INACTIVE and (known.ended is not None or known.refused is not None)
    if word in CANCELED or ended_inactive:
        if some > 0:
            return _S.CANCELED
        if ended_inactive or known.refused is not None:
            return _S.REJECTED
        expired = known.ended is not None and _EXPIRED.search(known.ended.ended[1])
        return _S.EXPIRED if expired else _S.CANCELED
    return _S.PARTIALLY_FILLED if some > 0 else _S.ACCEPTED


def receipt(
    known: Known, legs: Sequence[Known], before: tuple[Fill, ...], now: datetime
) -> Receipt:
    """What TWS says of an order whose fills so far are `before`.

    While executions or their commissions are missing, the order counts as working, so that it is
    looked at again before anybody reads that it has ended.
    """
    state, fills = state_of(known), known.executions.fills(before, now)
    told_before = {fill.fill_id for fill in before}
    everything = [*before, *(fill for fill in fills if fill.fill_id not in told_before)]
    missing = filled(known) - sum((fill.quantity for fill in everything), Decimal(0))
    if state.final and missing > 0 and now - _end(known) < LATE:
        state = _S.PARTIALLY_FILLED if fills or before else _S.ACCEPTED
    terms = known.told
    return Receipt(
        broker_order_id=str(known.perm_id),
        state=state,
        fills=fills,
        legs=tuple(leg for one in legs if (leg := _leg(one)) is not None),
        reason=_reason(known, state),
        quantity=(terms.quantity or None) if terms is not None else None,
        limit_price=terms.limit if terms is not None else None,
        stop_price=stop_of(terms) if terms is not None else None,
    )


def stop_of(terms: OrderTold) -> Decimal | None:
    """The trigger; of a trailing stop TWS sends its distance in the same place."""
    return terms.stop if terms.type in _STOPS else None


def broker_order(known: Known, legs: Sequence[Known], now: datetime) -> BrokerOrder | None:
    """One line of a list; None where only executions are known."""
    if known.told is None:
        return None
    made = receipt(known, legs, (), now)
    return BrokerOrder(
        order_id=known.ours,
        instrument=instrument(known.told.contract),
        description=_description(known.told),
        at=_end(known) if made.state.final else known.since,
        receipt=made,
    )


def _leg(known: Known) -> Leg | None:
    role = ROLES.get(known.ref.rpartition(":")[2])
    terms = known.told
    if role is None or terms is None:
        return None
    price = terms.limit if role is LegRole.TAKE_PROFIT else terms.stop
    if price is None:
        return None
    return Leg(role=role, price=price, state=state_of(known), broker_order_id=str(known.perm_id))


def _end(known: Known) -> datetime:
    """When it ended, as far as TWS tells."""
    found = _MOMENT.search(known.ended.ended[0]) if known.ended is not None else None
    if found is not None:
        at = datetime.strptime(f"{found[1]} {found[2]}", "%Y%m%d %H:%M:%S")  # noqa: DTZ007 # below
        try:
            zone = ZoneInfo(found[3]) if found[3] else None
        except (KeyError, ValueError):
            zone = None  # a name that this machine does not know: TWS's own zone is the machine's
        return at.replace(tzinfo=zone).astimezone(UTC)
    return known.executions.last or known.since


def _reason(known: Known, state: OrderState) -> str:
    if not state.final or state is _S.FILLED:
        return ""
    if state is _S.REJECTED and known.refused is not None:
        return plain_words(known.refused.words)
    said = known.ended.ended[1] if known.ended is not None else ""
    return said or (_NO_REASON if state is _S.REJECTED else "")


def _description(terms: OrderTold) -> str:
    """`Buy 100 AAPL limit 150 day`: for people."""
    words = {"LMT": "limit", "MKT": "market", "STP": "stop", "STP LMT": "stop limit"}
    trail = f"{plain(terms.trail_percent)} %" if terms.trail_percent else ""
    shown = (
        terms.action.capitalize(),
        plain(terms.quantity),
        instrument(terms.contract).symbol,
        words.get(terms.type, terms.type.lower()),
        plain(terms.stop) if terms.stop and not trail else trail,
        plain(terms.limit) if terms.limit else "",
        terms.tif.lower(),
    )
    return sentence(" ".join(word for word in shown if word))
