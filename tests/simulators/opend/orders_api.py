"""Placing, changing and canceling, and who is told of what became of it."""

from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any, Final

from tests.simulators.opend import drawing
from tests.simulators.opend import ticket as tickets
from tests.simulators.opend.asking import Answer, Asked, Handlers, Refusal
from tests.simulators.opend.connection import Connection
from tests.simulators.opend.desk import Desk
from tests.simulators.opend.orders import TYPES, Deal, Order
from tests.simulators.opend.trading import Trading
from tests.simulators.opend.vendor import messages

_NORMAL: Final = 1
_CANCEL: Final = 2


class OrdersApi:
    """Trd_PlaceOrder, Trd_ModifyOrder, Trd_GetMaxTrdQtys, Trd_UpdateOrder, Trd_UpdateOrderFill.

    Attributes:
        refusals: Words with which the next orders are refused.
    """

    def __init__(
        self, desk: Desk, trading: Trading, connections: Callable[[], Iterable[Connection]]
    ) -> None:
        """`connections` are those that stand."""
        self.refusals: list[str] = []
        self._desk = desk
        self._trading = trading
        self._connections = connections
        desk.told.append(self._push)

    def handlers(self) -> Handlers:
        """By name."""
        return {
            "Trd_PlaceOrder": self._place,
            "Trd_ModifyOrder": self._modify,
            "Trd_GetMaxTrdQtys": self._room,
        }

    def _place(self, asked: Asked) -> Answer:
        account = self._trading.writing(asked)
        security = self._desk.listing.find(f"US.{asked.c2s.code}")
        if self.refusals:
            raise Refusal(self.refusals.pop(0))
        order = self._desk.place(account, security, tickets.read(asked.c2s, security))
        s2c = messages("Trd_PlaceOrder").S2C(
            header=asked.c2s.header, orderID=order.order_id, orderIDEx=order.order_id_ex
        )
        return Answer(s2c, lambda: self._desk.arrive(order))

    def _modify(self, asked: Asked) -> Answer:
        account = self._trading.writing(asked)
        c2s = asked.c2s
        if c2s.modifyOrderOp not in {_NORMAL, _CANCEL}:
            raise Refusal("The US market does not support this operation")  # `Trd_Common.proto`
        if c2s.forAll:
            if account.is_paper or c2s.modifyOrderOp != _CANCEL:
                # https://openapi.moomoo.com/moomoo-api-doc/en/trade/modify-order.html
                raise Refusal("Paper trading does not support canceling all orders")
            for open_one in self._desk.of(account):
                if not open_one.ended:
                    self._desk.cancel(open_one)
            return Answer(self._modified(c2s, None))
        order = self._desk.find(account, c2s.orderIDEx or str(c2s.orderID))
        if c2s.modifyOrderOp == _CANCEL:
            self._desk.cancel(order)
            return Answer(self._modified(c2s, order))
        self._desk.change(order, c2s)
        return Answer(self._modified(c2s, order), lambda: self._desk.changed(order))

    def _room(self, asked: Asked) -> Answer:
        c2s = asked.c2s
        account = self._trading.account(c2s.header)
        security = self._desk.listing.find(f"US.{c2s.code}")
        changed = self._desk.find(account, c2s.orderIDEx) if c2s.orderIDEx else None
        funds = self._desk.funds(account, besides=changed)
        price = Decimal(str(c2s.price))
        if c2s.orderType == TYPES["MARKET"] and not price:
            price = funds.price(security.code)
        s2c = messages("Trd_GetMaxTrdQtys").S2C(header=c2s.header)
        room = s2c.maxTrdQtys
        room.maxCashBuy = float(funds.buyable(security, price, credit=False))
        room.maxCashAndMarginBuy = float(funds.buyable(security, price, credit=True))
        room.maxPositionSell = float(funds.sellable(security.code))
        room.maxSellShort = float(funds.shortable(security, price))
        room.maxBuyBack = float(max(-funds.held(security.code), Decimal(0)))
        return Answer(s2c)

    def _modified(self, c2s: Any, order: Order | None) -> Any:
        s2c = messages("Trd_ModifyOrder").S2C(header=c2s.header, orderID=0)
        if order is not None:
            s2c.orderID = order.order_id
            s2c.orderIDEx = order.order_id_ex
        return s2c

    def _push(self, what: Order | Deal) -> None:
        order = what if isinstance(what, Order) else what.order
        account = order.account
        if isinstance(what, Order):
            name = "Trd_UpdateOrder"
            s2c = messages(name).S2C(order=drawing.order(order, self._desk.market))
        else:
            if account.is_paper:
                return  # https://openapi.moomoo.com/moomoo-api-doc/en/qa/trade.html
            name = "Trd_UpdateOrderFill"
            s2c = messages(name).S2C(orderFill=drawing.deal(what, self._desk.market))
        s2c.header.CopyFrom(drawing.header(account))
        for connection in self._connections():
            if account.acc_id in connection.accounts:
                connection.push(name, s2c)
