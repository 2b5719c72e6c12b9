"""What comes in for the book of all orders: new orders, changes, cancels."""

from collections.abc import Mapping
from dataclasses import replace

from tests.simulators.tws import matching, refusals, rules
from tests.simulators.tws.book import Book
from tests.simulators.tws.market import Market
from tests.simulators.tws.orders import (
    FILLED,
    INACTIVE,
    PENDING_CANCEL,
    PENDING_SUBMIT,
    PRE_SUBMITTED,
    SimOrder,
    Ticket,
)
from tests.simulators.tws.people import Account
from tests.simulators.tws.refusals import Refusal
from tests.simulators.tws.telling import Telling

FIRST_PERM_ID = 1_234_500_001


class Desk(Book):
    """Takes orders or refuses them.

    Attributes:
        verdicts: Refusals for the next new orders.
        orders_wait: New orders stay PendingSubmit.
        cancels_wait: Cancels stay PendingCancel.
    """

    def __init__(self, accounts: Mapping[str, Account], market: Market, telling: Telling) -> None:
        """Nothing yet."""
        super().__init__(accounts, market, telling)
        self.verdicts: list[Refusal] = []
        self.orders_wait = False
        self.cancels_wait = False
        self._used: dict[int, int] = {}

    # Finding

    def next_id(self, client_id: int) -> int:
        """The lowest order id that the client has not passed."""
        return self._used.get(client_id, 0) + 1

    def of_client(self, client_id: int, order_id: int) -> SimOrder | None:
        """The order that this client gave that id."""
        for order in reversed(self.orders):
            if (order.client_id, order.order_id) == (client_id, order_id):
                return order
        return None

    def account_of(self, ticket: Ticket) -> Account:
        """The one that the order names, or the only one.

        Raises:
            Refusal: It is none of this login's, or none of several is named.
        """
        if not ticket.account and len(self.accounts) == 1:
            return next(iter(self.accounts.values()))
        if not ticket.account:
            raise Refusal(435, "You must specify an account.")
        if ticket.account not in self.accounts:
            raise refusals.invalid("Invalid account code")  # words unverified
        return self.accounts[ticket.account]

    # Taking

    def draft(self, client_id: int, order_id: int, ticket: Ticket) -> SimOrder:
        """A new order that is not in the book yet.

        Raises:
            Refusal: TWS itself does not take it.
        """
        contract = rules.chosen_contract(self.market.listing, ticket)
        rules.check_ticket(ticket, contract, self.market.listing)
        account = self.account_of(ticket)
        parent = None
        if ticket.parent_id:
            parent = self.of_client(client_id, ticket.parent_id)
            if parent is None or parent.ended:
                raise Refusal(135, f"Can't find order with id ={ticket.parent_id}")
        return SimOrder(
            perm_id=FIRST_PERM_ID + len(self.orders),
            order_id=order_id,
            client_id=client_id,
            account=account.id,
            contract=contract,
            ticket=ticket,
            created=self.market.now(),
            parent=parent,
            parked=not ticket.transmit,
        )

    def place(self, client_id: int, order_id: int, ticket: Ticket) -> SimOrder:
        """Takes a new order.

        Nothing is told of one that is not to be transmitted yet:
        https://github.com/erdewit/ib_insync/issues/346 and /625.

        Raises:
            Refusal: It does not, and there is no such order.
        """
        if order_id > 0 and order_id < self.next_id(client_id):
            raise refusals.duplicate_id()
        order = self.draft(client_id, order_id, ticket)
        verdict = self.verdicts.pop(0) if self.verdicts else None
        if verdict is not None and not verdict.inactive:
            raise verdict
        self.orders.append(order)
        self._used[client_id] = max(order_id, self._used.get(client_id, 0))
        matching.set_stop(order, self.market.quote(order.contract))
        if order.parked:
            return order
        if verdict is not None:
            self._refuse(order, verdict)
        else:
            self._transmit(order)
        return order

    def change(self, order: SimOrder, ticket: Ticket) -> None:
        """A placeOrder message with the id of an order that is there.

        Raises:
            Refusal: The order stays as it is.
        """
        contract = rules.chosen_contract(self.market.listing, ticket)
        rules.check_change(order, ticket, contract)
        rules.check_ticket(ticket, contract, self.market.listing)
        trails = (ticket.aux_price, ticket.trailing_percent, ticket.trail_stop)
        before = (order.ticket.aux_price, order.ticket.trailing_percent, order.ticket.trail_stop)
        order.ticket = ticket
        order.changes += 1
        if trails != before:  # a trailing stop begins anew
            order.stop = None
        matching.set_stop(order, self.market.quote(order.contract))
        if order.parked:
            if ticket.transmit:
                self._transmit(order)
            return
        self.telling.order(order)
        if order.quantity and not order.remaining:
            self.end(order, FILLED, "Filled Size: " + str(order.filled))
        self.work(order)

    def _transmit(self, order: SimOrder) -> None:
        """With the parked ones of its family, the parent first."""
        head = order.parent or order
        family = [o for o in self.orders if o is head or o.parent is head]
        for one in family:
            if one is order or one.parked:
                one.parked = False
                one.ticket = replace(one.ticket, transmit=True)
                self.submit(one)

    def submit(self, order: SimOrder) -> None:
        """It goes to the server."""
        if self.orders_wait or order.ended:
            self.telling.order(order)
            return
        try:
            if not order.waits:
                rules.check_funds(self.accounts[order.account], order, self.market)
        except Refusal as refusal:
            self._refuse(order, refusal)
            return
        self.become(order, PRE_SUBMITTED)
        if not matching.may_work(order, self.market):
            words = f"{order.action} {order.quantity} {order.contract.symbol}"
            self.telling.error(
                order,
                399,
                f"Order Message:\n{words} {order.contract.primary}.{order.contract.trading_class}\n"
                "Warning: Your order will not be placed at the exchange until the next session.",
            )
        self.work(order)

    def _refuse(self, order: SimOrder, refusal: Refusal) -> None:
        """The error comes before the status: https://github.com/erdewit/ib_insync/issues/554."""
        order.status = PRE_SUBMITTED
        self.telling.order(order)
        self.telling.error(order, refusal.code, refusal.words)
        self.end(order, INACTIVE, refusal.words)
        for child in self.children_of(order):
            self.cancel_now(child, "Parent order was rejected")

    # Ending

    def cancel(self, order: SimOrder) -> None:
        """A cancel that came in, for an order that lives."""
        order.status = PENDING_CANCEL
        self.telling.status(order)
        if not self.cancels_wait:
            self.cancel_now(order)

    # Steering

    def finish_orders(self) -> None:
        """Those that waited go on."""
        self.orders_wait = False
        for order in list(self.orders):
            if order.status == PENDING_SUBMIT and not order.parked:
                self.submit(order)

    def finish_cancels(self) -> None:
        """Likewise cancels."""
        self.cancels_wait = False
        for order in list(self.orders):
            if order.status == PENDING_CANCEL:
                self.cancel_now(order)
