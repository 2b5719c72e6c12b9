"""The account's history: apisb.etrade.com/docs/api/account/api-transaction-v1.html.

The list is as recorded by daironmichel/toolsbackbone. A marker begins with the transaction that
ended the page before, so that it comes twice (etrade-python's `list_all` leaves it out).
"""

from datetime import timedelta
from typing import Any, Final

from tests.simulators.etrade.asking import (
    ACCOUNTS,
    Answer,
    Ask,
    Route,
    empty,
    how_many,
    json_answer,
)
from tests.simulators.etrade.desk import Desk
from tests.simulators.etrade.drawing import API
from tests.simulators.etrade.people import Account, Bank, Transaction
from tests.simulators.etrade.refusals import bad_field, unverified
from tests.simulators.etrade.wire import (
    eastern_day,
    epoch_milliseconds,
    money,
    number,
    read_day,
)

USUAL: Final = 50
HISTORY: Final = timedelta(days=730)
_HERE: Final = f"{ACCOUNTS}/{{account_key}}/transactions"


class TransactionsApi:
    """Answers about what went through an account."""

    def __init__(self, desk: Desk, bank: Bank) -> None:
        """Reads only."""
        self._desk = desk
        self._bank = bank

    def routes(self) -> list[Route]:
        """Both."""
        return [
            Route("GET", f"{_HERE}.json", self._list),
            Route("GET", f"{_HERE}/{{transaction_id}}.json", self._one),
        ]

    def _list(self, ask: Ask) -> Answer:
        account = self._account(ask)
        rows = self._wanted(ask, account)
        marker = ask.query.get("marker", "")
        ids = [row.id for row in rows]
        begins = ids.index(marker) if marker in ids else 0
        count = how_many(ask, "count", usual=USUAL, most=USUAL)
        page = rows[begins : begins + count]
        if not page:
            return empty()
        more = begins + count < len(rows)
        told: dict[str, Any] = {}
        if more:
            told["next"] = f"{API}/{account.key}/transactions.json?marker={page[-1].id}"
            told["marker"] = page[-1].id
        told |= {
            "pageMarkers": "",
            "moreTransactions": more,
            "transactionCount": len(page),
            "totalCount": len(rows),
            "Transaction": [self._drawn(account, row) for row in page],
        }
        return json_answer({"TransactionListResponse": told})

    def _one(self, ask: Ask) -> Answer:
        account = self._account(ask)
        for row in account.transactions:
            if row.id == ask.parts["transaction_id"]:
                shown = self._drawn(account, row) | {"Category": {"categoryId": 0, "parentId": 0}}
                return json_answer({"TransactionDetailsResponse": shown})
        raise unverified("The transaction id is not valid.")

    def _wanted(self, ask: Ask, account: Account) -> list[Transaction]:
        """The newest first unless asked otherwise; days as MMDDYYYY."""
        since = _day(ask, "startDate") or eastern_day(self._desk.now()) - HISTORY
        until = _day(ask, "endDate") or eastern_day(self._desk.now())
        rows = [row for row in account.transactions if since <= eastern_day(row.at) <= until]
        return rows if ask.query.get("sortOrder") == "ASC" else rows[::-1]

    def _drawn(self, account: Account, row: Transaction) -> dict[str, Any]:
        return {
            "transactionId": row.id,
            "accountId": account.id,
            "transactionDate": epoch_milliseconds(row.at),
            "postDate": 0,
            "amount": money(row.amount),
            "description": self._desk.market.names.get(row.instrument.symbol, ""),
            "transactionType": row.type,
            "memo": " ",
            "imageFlag": False,
            "instType": "BROKERAGE",
            "storeId": 0,
            "brokerage": {
                "product": row.instrument.product(),
                "quantity": number(row.quantity),
                "price": number(row.price),
                "settlementCurrency": "USD",
                "paymentCurrency": "USD",
                "fee": money(row.fee),
                "displaySymbol": row.instrument.display,
                "settlementDate": 0,
                "orderNo": str(row.order_no),
            },
            "detailsURI": f"{API}/{account.key}/transactions/{row.id}.json?storeId=0",
        }

    def _account(self, ask: Ask) -> Account:
        return self._bank.account(ask.owner.person, ask.parts["account_key"])


def _day(ask: Ask, name: str) -> Any:
    given = ask.query.get(name, "")
    day = read_day(given)
    if given and day is None:
        raise bad_field(name, given)
    return day
