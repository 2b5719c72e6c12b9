"""The methods that change orders: AddOrder, AmendOrder, EditOrder, CancelOrder, CancelAll."""

from typing import Any, Final

from tests.simulators.kraken import amending, editing
from tests.simulators.kraken.asking import Answer, Ask, Route, result
from tests.simulators.kraken.describing import close_text, order_text, price_text, volume_text
from tests.simulators.kraken.desk import Desk
from tests.simulators.kraken.form import Form
from tests.simulators.kraken.orders import Order
from tests.simulators.kraken.people import Person
from tests.simulators.kraken.refusals import KrakenRefusal, invalid
from tests.simulators.kraken.ticket import read_ticket
from tests.simulators.kraken.wire import new_id

_PLACING: Final = frozenset({"AddOrder", "EditOrder"})
_CANCELING: Final = frozenset({"CancelOrder", "CancelAll"})
_MODIFYING: Final = frozenset({"AmendOrder", "EditOrder"})


def kinds_of(method: str, body: bytes) -> frozenset[str]:
    """What a private request is, by its last part; one that only validates reads.

    An edit that is carried out changes an order and counts as nothing else.
    """
    if method in _PLACING and is_validation(method, body):
        return frozenset({"any", "read"})
    if method == "AddOrder":
        return frozenset({"any", "place"})
    if method in _CANCELING:
        return frozenset({"any", "cancel"})
    if method in _MODIFYING:
        return frozenset({"any", "modify"})
    return frozenset({"any", "read"})


def is_validation(method: str, body: bytes) -> bool:
    """Whether it asks for an order or an edit "validate inputs only"."""
    return method in _PLACING and Form.of_body(body).flag("validate")


class TradingApi:
    """Answers to whoever trades."""

    def __init__(self, desk: Desk, bodies: list[bytes]) -> None:
        """`bodies` gets the raw body of every AddOrder."""
        self._desk = desk
        self._bodies = bodies

    def routes(self) -> list[Route]:
        """All of them."""
        return [
            Route("POST", "/0/private/AddOrder", self._add),
            Route("POST", "/0/private/AmendOrder", self._amend),
            Route("POST", "/0/private/EditOrder", self._edit),
            Route("POST", "/0/private/CancelOrder", self._cancel),
            Route("POST", "/0/private/CancelAll", self._cancel_all),
        ]

    def _add(self, ask: Ask) -> Answer:
        self._bodies.append(ask.body)
        form, person = Form.of_body(ask.body), ask.owner.person
        pair = self._desk.pair(form.needed("pair"))
        validates = form.flag("validate")
        if not validates:
            self._desk.limits.trade(person, pair.id, "AddOrder", self._desk.now())
        ticket = read_ticket(form, pair, self._desk.now())
        order = self._desk.draft(person, ticket, funded=not validates)
        if validates:
            return result({"descr": _descr(order)})
        self._desk.enter(order)
        self._desk.arrive(order)
        return result({"descr": _descr(order), "txid": [order.txid]})

    def _amend(self, ask: Ask) -> Answer:
        form, person = Form.of_body(ask.body), ask.owner.person
        self._check_running()
        order = amending.find(self._desk, person, form)
        self._charge(order, "AmendOrder")
        amending.amend(self._desk, order, form)
        self._desk.arrive(order)
        return result({"amend_id": new_id("T")})

    def _edit(self, ask: Ask) -> Answer:
        form, person = Form.of_body(ask.body), ask.owner.person
        self._check_running()
        order = editing.find(self._desk, person, form)
        validates = form.flag("validate")
        if not validates:
            self._charge(order, "EditOrder")
        new = editing.edited(self._desk, order, form)
        if not validates:
            editing.take_place(self._desk, order, new)
            self._desk.arrive(new)
        return result(_replaced(order, new, validates=validates))

    def _cancel(self, ask: Ask) -> Answer:
        form, person = Form.of_body(ask.body), ask.owner.person
        self._check_running()
        orders = self._wanted(person, form)
        for order in orders:
            self._charge(order, "CancelOrder")
            self._desk.cancel(order)
        return result(_canceled(orders))

    def _cancel_all(self, ask: Ask) -> Answer:
        self._check_running()
        orders = [one for one in self._desk.open_of(ask.owner.person) if not one.canceling]
        for order in orders:
            self._desk.cancel(order)
        return result(_canceled(orders))

    def _wanted(self, person: Person, form: Form) -> list[Order]:
        """One by `txid` or `cl_ord_id`; all with a `userref`, which comes as a txid too."""
        wanted = form.text("txid")
        if not wanted and "cl_ord_id" not in form:
            raise invalid()
        if wanted and wanted.lstrip("-").isdigit():
            return [one for one in self._desk.open_of(person) if one.userref == int(wanted)]
        return [amending.find(self._desk, person, form)]

    def _charge(self, order: Order, method: str) -> None:
        now, since = self._desk.now(), order.touched_at
        self._desk.limits.trade(order.person, order.pair.id, method, now, since)

    def _check_running(self) -> None:
        """ "No new orders or cancellations may be submitted": docs, Get System Status."""
        if self._desk.status == "maintenance":
            raise KrakenRefusal("EService:Unavailable")


def _descr(order: Order) -> dict[str, str]:
    volume = volume_text(order.volume, order.pair, viqc=order.viqc)
    text = order_text(order.side, volume, order.pair, order.terms, order.leverage)
    closes = {"close": close_text(order.close, order.pair)} if order.close else {}
    return {"order": text, **closes}


def _canceled(orders: list[Order]) -> dict[str, Any]:
    """`pending` is shown where it is true; the docs' examples leave it away where it is not."""
    waiting = any(order.canceling for order in orders)
    return {"count": len(orders), **({"pending": True} if waiting else {})}


def _replaced(order: Order, new: Order, *, validates: bool) -> dict[str, Any]:
    ids = {} if validates else {"txid": new.txid, "originaltxid": order.txid}
    return {
        "status": "ok",
        **ids,
        "volume": volume_text(new.volume, new.pair, viqc=new.viqc),
        "price": price_text(new.terms.price, new.pair),
        "price2": price_text(new.terms.price2, new.pair),
        "orders_cancelled": 0 if validates else 1,
        "descr": _descr(new),
    }
