"""What changes single orders: /api/v3/order and below."""

from typing import Any, Final

from tests.simulators.binance import answers
from tests.simulators.binance.asking import Ask, Route
from tests.simulators.binance.desk import Desk
from tests.simulators.binance.parameters import Parameters
from tests.simulators.binance.refusals import (
    Refusal,
    amend_rejected,
    bad_data,
    mandatory,
)
from tests.simulators.binance.replacing import Replacement, replace_order
from tests.simulators.binance.statements import rates_for_order
from tests.simulators.binance.symbols import Catalogue, Symbol
from tests.simulators.binance.ticket import new_client_id, read_response_type, read_ticket
from tests.simulators.serving import Answer, json_answer

RESTRICTIONS: Final = frozenset({"ONLY_NEW", "ONLY_PARTIALLY_FILLED"})
MODES: Final = frozenset({"STOP_ON_FAILURE", "ALLOW_FAILURE"})
LIMIT_MODES: Final = frozenset({"DO_NOTHING", "CANCEL_ONLY"})


class OrdersApi:
    """New orders, cancels and changes."""

    def __init__(self, desk: Desk, catalogue: Catalogue, bodies: list[bytes]) -> None:
        """`bodies` receives query and body of every POST /api/v3/order that is read."""
        self._desk = desk
        self._catalogue = catalogue
        self._bodies = bodies

    def routes(self) -> list[Route]:
        """With the weights of rest-api.md."""
        order = "/api/v3/order"
        return [
            Route("POST", order, self._place, security="TRADE"),
            Route("POST", f"{order}/test", self._test, weight=_test_weight, security="TRADE"),
            Route("POST", f"{order}/cancelReplace", self._replace, security="TRADE"),
            Route("PUT", f"{order}/amend/keepPriority", self._amend, weight=4, security="TRADE"),
            Route("DELETE", order, self._cancel, security="TRADE"),
        ]

    def _place(self, ask: Ask) -> Answer:
        self._bodies.append(ask.raw_query.encode() + ask.body)
        parameters = Parameters(ask)
        symbol = self._symbol(parameters)
        ticket = read_ticket(parameters, symbol)
        kind = read_response_type(parameters, usual=answers.usual_response_type(ticket.type))
        parameters.done()
        self._desk.check(ask.owner, symbol, ticket)
        order = self._desk.new(ask.owner, symbol, ticket)
        self._desk.place(order)
        return self._counted(ask, answers.placed(order, kind))

    def _test(self, ask: Ask) -> Answer:
        parameters = Parameters(ask)
        symbol = self._symbol(parameters)
        ticket = read_ticket(parameters, symbol)
        read_response_type(parameters, usual="ACK")
        rates = parameters.flag("computeCommissionRates")
        parameters.done()
        self._desk.check(ask.owner, symbol, ticket)
        return json_answer(rates_for_order(ask.owner) if rates else {})

    def _replace(self, ask: Ask) -> Answer:
        parameters = Parameters(ask)
        symbol = self._symbol(parameters)
        ticket = read_ticket(parameters, symbol)
        mode = parameters.word("cancelReplaceMode", MODES, bad_data("cancelReplaceMode"))
        if mode is None:
            raise mandatory("cancelReplaceMode")
        limit_mode = parameters.word(
            "orderRateLimitExceededMode", LIMIT_MODES, bad_data("orderRateLimitExceededMode")
        )
        order_id, client_id = parameters.ids("cancelOrderId", "cancelOrigClientOrderId")
        asked = Replacement(
            person=ask.owner,
            symbol=symbol,
            ticket=ticket,
            order_id=order_id,
            client_id=client_id,
            cancel_id=parameters.client_id("cancelNewClientOrderId") or new_client_id(),
            restriction=_restriction(parameters),
            response_type=read_response_type(
                parameters, usual=answers.usual_response_type(ticket.type)
            ),
            stops=mode == "STOP_ON_FAILURE",
            cancels_anyway=limit_mode == "CANCEL_ONLY",
        )
        parameters.done()
        return self._counted(ask, replace_order(self._desk, asked))

    def _amend(self, ask: Ask) -> Answer:
        parameters = Parameters(ask)
        symbol = self._symbol(parameters)
        ids = parameters.ids("orderId", "origClientOrderId")
        qty = parameters.decimal("newQty")
        new_id = parameters.client_id("newClientOrderId")
        parameters.done()
        if not qty:
            raise mandatory("newQty")
        try:
            order = self._desk.find_open(ask.owner, symbol, *ids)
        except Refusal as refusal:
            raise amend_rejected(refusal.message) from refusal
        self._desk.amend(order, qty, new_id)
        return json_answer(answers.amended(order))

    def _cancel(self, ask: Ask) -> Answer:
        parameters = Parameters(ask)
        symbol = self._symbol(parameters)
        ids = parameters.ids("orderId", "origClientOrderId")
        restriction = _restriction(parameters)
        cancel_id = parameters.client_id("newClientOrderId") or new_client_id()
        parameters.done()
        order = self._desk.find_open(ask.owner, symbol, *ids)
        self._desk.check_cancel(order, restriction)
        self._desk.cancel(order)
        return json_answer(answers.canceled(order, cancel_id))

    def _symbol(self, parameters: Parameters) -> Symbol:
        return self._catalogue.find(parameters.symbol())

    def _counted(self, ask: Ask, answer: Any) -> Answer:
        return json_answer(answer, headers=self._desk.limits.order_headers(ask.owner))


def _restriction(parameters: Parameters) -> str | None:
    refusal = Refusal(-1145, "Invalid cancelRestrictions")
    return parameters.word("cancelRestrictions", RESTRICTIONS, refusal)


def _test_weight(ask: Ask) -> int:
    return 20 if "true" in ask.body.decode(errors="replace").lower() else 1
