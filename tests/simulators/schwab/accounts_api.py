"""Accounts, their numbers, what happened in them, and a person's preferences."""

from collections.abc import Callable
from typing import Any

from tests.simulators.schwab.asking import Answer, Ask, Route, account_of, json_answer
from tests.simulators.schwab.desk import Desk
from tests.simulators.schwab.people import Account
from tests.simulators.schwab.refusals import invalid_parameter, no_transaction
from tests.simulators.schwab.statements import draw_account
from tests.simulators.schwab.wire import moment, read_moment

_TRADER = "/trader/v1"


class AccountsApi:
    """Reads only."""

    def __init__(self, desk: Desk, streamer: Callable[[], str]) -> None:
        """Over the book of all orders; `streamer` gives the address of the websocket."""
        self._desk = desk
        self._streamer = streamer

    def routes(self) -> list[Route]:
        """All of them."""
        one = f"{_TRADER}/accounts/{{account}}"
        return [
            Route("GET", f"{_TRADER}/accounts/accountNumbers", self._numbers),
            Route("GET", f"{_TRADER}/accounts", self._accounts),
            Route("GET", one, self._account),
            Route("GET", f"{one}/transactions", self._transactions),
            Route("GET", f"{one}/transactions/{{id}}", self._transaction),
            Route("GET", f"{_TRADER}/userPreference", self._preferences),
        ]

    def _numbers(self, ask: Ask) -> Answer:
        pairs = ((account.number, account.hash) for account in ask.owner.accounts)
        return json_answer([{"accountNumber": n, "hashValue": h} for n, h in pairs])

    def _accounts(self, ask: Ask) -> Answer:
        return json_answer([self._draw(ask, account) for account in ask.owner.accounts])

    def _account(self, ask: Ask) -> Answer:
        return json_answer(self._draw(ask, account_of(ask)))

    def _draw(self, ask: Ask, account: Account) -> dict[str, Any]:
        desk = self._desk
        fields = ask.words("fields")
        if set(fields) - {"positions"}:  # that anything else is refused is unverified
            raise invalid_parameter("fields")
        funds = desk.funds(account)
        return draw_account(account, funds, desk.market, desk.listing, positions=bool(fields))

    def _transactions(self, ask: Ask) -> Answer:
        account = account_of(ask)
        start, end = (read_moment(n, ask.query.get(n)) for n in ("startDate", "endDate"))
        kinds = ask.words("types")
        if not kinds:
            raise invalid_parameter("types")
        rows = [row for row in account.transactions if row["type"] in kinds]
        rows = [row for row in rows if moment(start) <= row["time"] <= moment(end)]
        if wanted := ask.query.get("symbol"):
            rows = [row for row in rows if wanted in _symbols(row)]
        return json_answer(rows)

    def _transaction(self, ask: Ask) -> Answer:
        for row in account_of(ask).transactions:
            if str(row["activityId"]) == ask.parts["id"]:
                return json_answer(row)
        raise no_transaction()

    def _preferences(self, ask: Ask) -> Answer:
        """One object, as schwab-py's own test data has it; the OpenAPI file says a list."""
        accounts = [
            {
                "accountNumber": account.number,
                "primaryAccount": place == 0,
                "type": "BROKERAGE",
                "nickName": account.nickname,
                "displayAcctId": f"...{account.number[-3:]}",
                "autoPositionEffect": False,
                "accountColor": "Green",
            }
            for place, account in enumerate(ask.owner.accounts)
        ]
        streamer = {
            "streamerSocketUrl": self._streamer(),
            "schwabClientCustomerId": "client-customer-id",
            "schwabClientCorrelId": "client-correlation-id",
            "schwabClientChannel": "N9",
            "schwabClientFunctionId": "APIAPP",
        }
        offers = [{"level2Permissions": True, "mktDataPermission": "NP"}]
        return json_answer({"accounts": accounts, "streamerInfo": [streamer], "offers": offers})


def _symbols(row: dict[str, Any]) -> set[str]:
    return {item["instrument"]["symbol"] for item in row["transferItems"]}
