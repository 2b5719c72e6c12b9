"""The messages about accounts, positions and profit, and those about the connection itself."""

from collections.abc import Mapping

from tests.simulators.tws import refusals, statements
from tests.simulators.tws.clients import Client
from tests.simulators.tws.desk import Desk
from tests.simulators.tws.gate import Handler
from tests.simulators.tws.people import Account
from tests.simulators.tws.wire import Reading


class AccountsApi:
    """Reads and subscriptions."""

    def __init__(self, desk: Desk) -> None:
        """Over all accounts of the login."""
        self._desk = desk
        self._market = desk.market

    def handlers(self) -> Mapping[int, Handler]:
        """By message."""
        return {
            6: self._updates,
            8: self._next_id,
            14: lambda client, reading: None,  # the log level
            17: self._managed,
            49: self._time,
            61: self._positions,
            62: self._summary,
            63: lambda client, reading: _forget(client.summaries, reading),
            64: self._no_positions,
            74: self._positions_multi,
            75: lambda client, reading: _forget(client.positions_multi, reading),
            76: self._updates_multi,
            77: lambda client, reading: _forget(client.multi, reading),
            92: self._pnl,
            93: lambda client, reading: _forget(client.pnl, reading, versioned=False),
            94: self._pnl_single,
            95: lambda client, reading: _forget(client.pnl_single, reading, versioned=False),
        }

    def _next_id(self, client: Client, reading: Reading) -> None:
        client.send(9, 1, self._desk.next_id(client.id))

    def _managed(self, client: Client, reading: Reading) -> None:
        client.send(15, 1, ",".join(self._desk.accounts))

    def _time(self, client: Client, reading: Reading) -> None:
        client.send(49, 1, int(self._market.now().timestamp()))

    def _account(self, name: str) -> Account:
        if not name and len(self._desk.accounts) == 1:
            return next(iter(self._desk.accounts.values()))
        if name not in self._desk.accounts:
            raise refusals.invalid("Invalid account code")  # words unverified
        return self._desk.accounts[name]

    def _named(self, name: str) -> list[Account]:
        return list(self._desk.accounts.values()) if not name else [self._account(name)]

    def _updates(self, client: Client, reading: Reading) -> None:
        reading.skip()
        subscribes, name = reading.flag(), reading.word()
        account = self._account(name)
        client.account_updates = account.id if subscribes else ""
        if subscribes:
            for position in account.positions.values():
                client.send(*statements.portfolio(account, position, self._market))
            for message in statements.account_values(account, self._market):
                client.send(*message)
            client.send(54, 1, account.id)

    def _updates_multi(self, client: Client, reading: Reading) -> None:
        reading.skip()
        request, name = reading.whole(), reading.word()
        for account in self._named(name):
            for message in statements.multi_values(request, account, self._market):
                client.send(*message)
        client.multi[request] = name
        client.send(74, 1, request)

    def _positions(self, client: Client, reading: Reading) -> None:
        client.wants_positions = True
        for account in self._desk.accounts.values():
            for position in account.positions.values():
                if position.quantity:
                    client.send(*statements.position(account, position))
        client.send(62, 1)

    def _no_positions(self, client: Client, reading: Reading) -> None:
        client.wants_positions = False

    def _positions_multi(self, client: Client, reading: Reading) -> None:
        reading.skip()
        request, name = reading.whole(), reading.word()
        for account in self._named(name):
            for position in account.positions.values():
                client.send(*statements.position_multi(request, account, position))
        client.positions_multi[request] = name
        client.send(72, 1, request)

    def _summary(self, client: Client, reading: Reading) -> None:
        reading.skip()
        request = reading.whole()
        reading.skip()  # the group: every account of the login
        tags = tuple(reading.word().replace(" ", "").split(","))
        for account in self._desk.accounts.values():
            for message in statements.summary(request, account, tags, self._market):
                client.send(*message)
        client.summaries[request] = tags
        client.send(64, 1, request)

    def _pnl(self, client: Client, reading: Reading) -> None:
        request, account = reading.whole(), self._account(reading.word())
        client.pnl[request] = account.id
        client.send(*statements.pnl(request, account, self._market))

    def _pnl_single(self, client: Client, reading: Reading) -> None:
        request, account = reading.whole(), self._account(reading.word())
        reading.skip()  # the model
        con_id = reading.whole()
        client.pnl_single[request] = (account.id, con_id)
        client.send(*statements.pnl_single(request, account, con_id, self._market))


def _forget(
    kept: dict[int, object] | dict[int, str], reading: Reading, *, versioned: bool = True
) -> None:
    if versioned:
        reading.skip()
    kept.pop(reading.whole(), None)
