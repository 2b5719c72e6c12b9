"""What OpenD answers about orders, deals, fees, positions and money."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from tests.simulators.opend import drawing
from tests.simulators.opend.asking import Answer, Asked, Handlers, Refusal
from tests.simulators.opend.desk import Desk
from tests.simulators.opend.market import NEW_YORK
from tests.simulators.opend.orders import STATUSES, Deal, Order
from tests.simulators.opend.trading import Trading
from tests.simulators.opend.vendor import messages

NO_DEALS: Final = "Simulated trade does not support deal list"
NO_FEES: Final = "Simulated trade is not supported"
"""OpenD's own words, as https://github.com/santsai/futu-go recorded them (`error.go`)."""

_FEE_ORDERS: Final = 400


class QueriesApi:
    """Trd_GetOrderList, its history, deals, Trd_GetOrderFee, Trd_GetPositionList, Trd_GetFunds.

    Attributes:
        ended_leave: Whether an order that has ended is in the history only, at once. (The guide
            calls `order_list_query` the open orders; until when it keeps ended ones is unverified:
            by default for the day.)
        unseen: Orders that reads do not show; None: they show all. `refreshCache` shows them.
        fee: Of every order with a deal, in US dollars.
    """

    def __init__(self, desk: Desk, trading: Trading) -> None:
        """Reads show all."""
        self.ended_leave = False
        self.unseen: list[Order] | None = None
        self.fee = Decimal("1.99")
        self._desk = desk
        self._trading = trading
        desk.told.append(self._hide)

    def handlers(self) -> Handlers:
        """By name."""
        return {
            "Trd_GetOrderList": self._open_orders,
            "Trd_GetHistoryOrderList": self._past_orders,
            "Trd_GetOrderFillList": self._deals,
            "Trd_GetHistoryOrderFillList": self._past_deals,
            "Trd_GetOrderFee": self._fees,
            "Trd_GetPositionList": self._positions,
            "Trd_GetFunds": self._funds,
        }

    def _open_orders(self, asked: Asked) -> Answer:
        c2s = asked.c2s
        account = self._trading.account(c2s.header)
        today = self._desk.market.local().date()
        hidden = [] if c2s.refreshCache else self.unseen or []
        orders = [
            order
            for order in self._desk.of(account)
            if order not in hidden
            and (not order.ended or (order.day == today and not self.ended_leave))
        ]
        return self._drawn_orders("Trd_GetOrderList", c2s, orders)

    def _past_orders(self, asked: Asked) -> Answer:
        account = self._trading.account(asked.c2s.header)
        orders = [order for order in self._desk.of(account) if order not in (self.unseen or [])]
        return self._drawn_orders("Trd_GetHistoryOrderList", asked.c2s, orders)

    def _drawn_orders(self, name: str, c2s: Any, orders: Sequence[Order]) -> Answer:
        s2c = messages(name).S2C(header=c2s.header)
        wanted = c2s.filterConditions
        for order in orders:
            if wanted.orderIDExList and order.order_id_ex not in wanted.orderIDExList:
                continue
            if c2s.filterStatusList and STATUSES[order.status] not in c2s.filterStatusList:
                continue
            if _fits(wanted, order, order.created_at):
                s2c.orderList.append(drawing.order(order, self._desk.market))
        return Answer(s2c)

    def _deals(self, asked: Asked) -> Answer:
        account = self._trading.no_paper(asked.c2s.header, NO_DEALS)
        today = self._desk.market.local().date()
        deals = [
            deal
            for deal in self._desk.deals
            if deal.order.account is account and deal.at.astimezone(NEW_YORK).date() == today
        ]
        return self._drawn_deals("Trd_GetOrderFillList", asked.c2s, deals)

    def _past_deals(self, asked: Asked) -> Answer:
        account = self._trading.no_paper(asked.c2s.header, NO_DEALS)
        deals = [deal for deal in self._desk.deals if deal.order.account is account]
        return self._drawn_deals("Trd_GetHistoryOrderFillList", asked.c2s, deals)

    def _drawn_deals(self, name: str, c2s: Any, deals: Sequence[Deal]) -> Answer:
        s2c = messages(name).S2C(header=c2s.header)
        for deal in reversed(deals):
            if _fits(c2s.filterConditions, deal.order, deal.at):
                s2c.orderFillList.append(drawing.deal(deal, self._desk.market))
        return Answer(s2c)

    def _fees(self, asked: Asked) -> Answer:
        account = self._trading.no_paper(asked.c2s.header, NO_FEES)
        wanted = list(asked.c2s.orderIdExList)
        if len(wanted) > _FEE_ORDERS:
            raise Refusal("At most 400 orders for each request")
        s2c = messages("Trd_GetOrderFee").S2C(header=asked.c2s.header)
        for order in self._desk.of(account):
            if order.order_id_ex in wanted and order.deals:
                fee = s2c.orderFeeList.add(orderIDEx=order.order_id_ex, feeAmount=float(self.fee))
                fee.feeList.add(title="Commission", value=0.0)
                fee.feeList.add(title="Platform Fees", value=float(self.fee))
        return Answer(s2c)

    def _positions(self, asked: Asked) -> Answer:
        account = self._trading.account(asked.c2s.header)
        funds = self._desk.funds(account)
        codes = asked.c2s.filterConditions.codeList
        s2c = messages("Trd_GetPositionList").S2C(header=asked.c2s.header)
        for code, position in account.positions.items():
            security = self._desk.listing.all[code]
            if not codes or security.bare in codes:
                s2c.positionList.append(drawing.position(position, security, funds))
        return Answer(s2c)

    def _funds(self, asked: Asked) -> Answer:
        account = self._trading.account(asked.c2s.header)
        s2c = messages("Trd_GetFunds").S2C(header=asked.c2s.header)
        s2c.funds.CopyFrom(drawing.figures(self._desk.funds(account)))
        return Answer(s2c)

    def _hide(self, what: Order | Deal) -> None:
        new = isinstance(what, Order) and what.status == "SUBMITTING"
        if self.unseen is not None and new and what not in self.unseen:
            assert isinstance(what, Order)
            self.unseen.append(what)


def _fits(wanted: Any, order: Order, at: datetime) -> bool:
    if wanted.codeList and order.security.bare not in wanted.codeList:
        return False
    local = at.astimezone(NEW_YORK).replace(tzinfo=None)
    if wanted.beginTime and local < datetime.fromisoformat(wanted.beginTime):
        return False
    return not (wanted.endTime and local > datetime.fromisoformat(wanted.endTime))
