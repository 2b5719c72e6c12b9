"""What clients are told without having asked: orders, executions, balances, positions."""

from collections.abc import Iterable

from tests.simulators.tws import drawing, statements
from tests.simulators.tws.clients import Client, Clients
from tests.simulators.tws.market import Market
from tests.simulators.tws.orders import Execution, SimOrder
from tests.simulators.tws.people import Account
from tests.simulators.tws.wire import Value


class Telling:
    """Sends to those whom it concerns: an order's own client, and the subscribers of an account.

    Attributes:
        zone: The time zone of TWS's login, which its times are in.
    """

    def __init__(self, clients: Clients, market: Market, zone: str) -> None:
        """To all who are connected at the time."""
        self._clients = clients
        self._market = market
        self.zone = zone

    def order(self, order: SimOrder) -> None:
        """The order and its status."""
        for client in self._concerned(order):
            client.send(*drawing.open_order(order, client.version))
        self.status(order)

    def status(self, order: SimOrder) -> None:
        """Its status alone."""
        order.statuses.append(order.status)
        for client in self._concerned(order):
            client.send(*drawing.order_status(order))

    def error(self, order: SimOrder, code: int, words: str) -> None:
        """Something about an order."""
        for client in self._concerned(order):
            client.error(order.order_id, code, words)

    def execution(self, order: SimOrder, done: Execution) -> None:
        """A fill."""
        for client in self._concerned(order):
            client.send(*drawing.execution(order, done, client.version, self.zone))

    def commission(self, order: SimOrder, done: Execution) -> None:
        """What a fill cost."""
        for client in self._concerned(order):
            client.send(*drawing.commission_report(order, done))

    def account(self, account: Account, con_id: int | None = None) -> None:
        """Its values, and the position in a contract, to those who keep themselves told."""
        position = account.positions.get(con_id) if con_id is not None else None
        market = self._market
        for client in self._clients:
            if position is not None and client.wants_positions:
                client.send(*statements.position(account, position))
            for request, name in client.positions_multi.items():
                if position is not None and name in {"", account.id}:
                    client.send(*statements.position_multi(request, account, position))
            if client.account_updates == account.id:
                if position is not None:
                    client.send(*statements.portfolio(account, position, market))
                _send_all(client, statements.account_values(account, market))
            for request, name in client.multi.items():
                if name in {"", account.id}:
                    _send_all(client, statements.multi_values(request, account, market))
            self._profits(client, account)

    def profits(self, accounts: Iterable[Account]) -> None:
        """After a change of prices."""
        for client in self._clients:
            for account in accounts:
                self._profits(client, account)

    def _profits(self, client: Client, account: Account) -> None:
        for request, name in client.pnl.items():
            if name == account.id:
                client.send(*statements.pnl(request, account, self._market))
        for request, (name, con_id) in client.pnl_single.items():
            if name == account.id:
                client.send(*statements.pnl_single(request, account, con_id, self._market))

    def _concerned(self, order: SimOrder) -> list[Client]:
        if order.order_id > 0:
            return self._clients.of(order.client_id)
        return [client for client in self._clients.of(0) if client.binds_manual]


def _send_all(client: Client, messages: list[tuple[Value, ...]]) -> None:
    for message in messages:
        client.send(*message)
