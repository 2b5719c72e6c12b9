"""The methods that read orders and trades."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from tests.simulators.kraken.asking import Answer, Ask, Route, result
from tests.simulators.kraken.form import Form
from tests.simulators.kraken.paging import bounds, page
from tests.simulators.kraken.people import Person
from tests.simulators.kraken.permissions import may_see
from tests.simulators.kraken.refusals import invalid, permission_denied
from tests.simulators.kraken.shelf import Shelf, Shown
from tests.simulators.kraken.trades import Trade

MOST_ORDERS: Final = 50
MOST_TRADES: Final = 20
_TIMES: Final = frozenset({"open", "close", "both"})


class OrdersApi:
    """Answers to whoever looks at orders."""

    def __init__(self, shelf: Shelf) -> None:
        """Reads only."""
        self._shelf = shelf

    def routes(self) -> list[Route]:
        """All of them."""
        return [
            Route("POST", "/0/private/OpenOrders", self._open),
            Route("POST", "/0/private/ClosedOrders", self._closed),
            Route("POST", "/0/private/QueryOrders", self._query),
            Route("POST", "/0/private/TradesHistory", self._history),
            Route("POST", "/0/private/QueryTrades", self._trades),
        ]

    def _open(self, ask: Ask) -> Answer:
        form = Form.of_body(ask.body)
        found = [one for one in self._own(ask) if not one.ended and _fits(one, form)]
        return result({"open": _entries(found, form)})

    def _closed(self, ask: Ask) -> Answer:
        form, own = Form.of_body(ask.body), self._own(ask)
        which = form.word("closetime", _TIMES, usual="both")
        after, until = bounds(form, _opening(own))
        found = [
            one
            for one in own
            if one.ended
            and _fits(one, form)
            and any(after < at <= until for at in _times(one, which))
        ]
        found.sort(key=_ending, reverse=True)
        count = {} if form.flag("without_count") else {"count": len(found)}
        return result({"closed": _entries(page(form, found), form), **count})

    def _query(self, ask: Ask) -> Answer:
        """Ids that Kraken never gave are left out: recorded on 2026-09-08. So are those whose
        `cl_ord_id` is not the one that is asked for; one without a txid is refused (both recorded
        on 2026-09-12)."""
        form = Form.of_body(ask.body)
        wanted = form.words("txid")
        if not 0 < len(wanted) <= MOST_ORDERS:
            raise invalid()
        own = {one.order.txid: one for one in self._own(ask)}
        found = [own[txid] for txid in wanted if txid in own and _fits(own[txid], form)]
        if not all(may_see(ask.owner, ended=one.ended) for one in found):
            raise permission_denied()
        return result(_entries(found, form))

    def _history(self, ask: Ask) -> Answer:
        form, trades = Form.of_body(ask.body), self._trades_of(ask.owner.person)
        after, until = bounds(form, lambda txid: _moment(trades, txid))
        found = [trade for trade in trades if after < trade.at.timestamp() <= until]
        found.sort(key=lambda trade: trade.at, reverse=True)
        count = {} if form.flag("without_count") else {"count": len(found)}
        shown = {trade.txid: _trade_entry(trade, form) for trade in page(form, found)}
        return result({"trades": shown, **count})

    def _trades(self, ask: Ask) -> Answer:
        """What Kraken does with an unknown id is unverified; here it is left out."""
        form = Form.of_body(ask.body)
        wanted = form.words("txid")
        if not 0 < len(wanted) <= MOST_TRADES:
            raise invalid()
        known = {trade.txid: trade for trade in self._trades_of(ask.owner.person)}
        return result({txid: known[txid].wire() for txid in wanted if txid in known})

    def _own(self, ask: Ask) -> list[Shown]:
        return self._shelf.of(ask.owner.person)

    def _trades_of(self, person: Person) -> list[Trade]:
        return [trade for one in self._shelf.of(person) for trade in one.trades]


def _entries(found: list[Shown], form: Form) -> dict[str, object]:
    trades = form.flag("trades")
    return {one.order.txid: one.wire(trades=trades) for one in found}


def _fits(one: Shown, form: Form) -> bool:
    userref = form.integer("userref")
    if userref is not None and one.order.userref != userref:
        return False
    return "cl_ord_id" not in form or one.order.cl_ord_id == form.text("cl_ord_id")


def _times(one: Shown, which: str) -> list[float]:
    """What is searched; that "both" means either is unverified."""
    opened, closed = one.entry["opentm"], one.entry["closetm"]
    return {"open": [opened], "close": [closed]}.get(which, [opened, closed])


def _ending(one: Shown) -> float:
    return float(one.entry["closetm"])


def _opening(own: list[Shown]) -> Callable[[str], datetime | None]:
    """ "If an order's tx ID is given for start or end time, the order's opening time is used"."""
    times = {one.order.txid: one.order.opened_at for one in own}
    return times.get


def _moment(trades: list[Trade], txid: str) -> datetime | None:
    return next((trade.at for trade in trades if trade.txid == txid), None)


def _trade_entry(trade: Trade, form: Form) -> dict[str, object]:
    ledgers = {"ledgers": [f"L{trade.txid[1:]}"]} if form.flag("ledgers") else {}
    return {**trade.wire(), **ledgers}
