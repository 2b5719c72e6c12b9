"""Accounts and balances: apisb.etrade.com/docs/api/account/api-account-v1.html, …-balance-v1."""

from decimal import Decimal
from typing import Any, Final

from tests.simulators.etrade.asking import ACCOUNTS, Answer, Ask, Route, empty, json_answer
from tests.simulators.etrade.costs import Funds
from tests.simulators.etrade.desk import Desk
from tests.simulators.etrade.people import Bank
from tests.simulators.etrade.refusals import no_institution
from tests.simulators.etrade.wire import money

_LEVELS: Final = {0: "NO_OPTIONS", 1: "LEVEL_1", 2: "LEVEL_2", 3: "LEVEL_3", 4: "LEVEL_4"}


class AccountsApi:
    """Answers about what a person has."""

    def __init__(self, desk: Desk, bank: Bank) -> None:
        """Reads only."""
        self._desk = desk
        self._bank = bank

    def routes(self) -> list[Route]:
        """Both."""
        return [
            Route("GET", f"{ACCOUNTS}/list.json", self._list),
            Route("GET", f"{ACCOUNTS}/{{account_key}}/balance.json", self._balance),
        ]

    def _list(self, ask: Ask) -> Answer:
        rows = [account.wire() for account in ask.owner.person.accounts]
        if not rows:
            return empty()
        return json_answer({"AccountListResponse": {"Accounts": {"Account": rows}}})

    def _balance(self, ask: Ask) -> Answer:
        account = self._bank.account(ask.owner.person, ask.parts["account_key"])
        if ask.query.get("instType") != "BROKERAGE":
            raise no_institution()
        told: dict[str, Any] = {
            "accountId": account.id,
            "accountType": account.type,
            "optionLevel": _LEVELS[account.option_level],
            "accountDescription": account.name,
            "quoteMode": 6,
            "dayTraderStatus": "NO_PDT",
            "accountMode": account.mode,
            "Cash": {"fundsForOpenOrdersCash": 0, "moneyMktBalance": 0},
            "Computed": computed(self._desk.funds(account)),
        }
        if account.on_margin:
            told["Margin"] = {"dtCashOpenOrderReserve": 0, "dtMarginOpenOrderReserve": 0}
        return json_answer({"BalanceResponse": told})


def computed(funds: Funds) -> dict[str, Any]:
    """Capitals inside it as applications read them: `RealTimeValues` and `OpenCalls`."""
    cash, power = funds.account.cash, funds.buying_power
    own = cash - funds.reserved
    on_margin = funds.account.on_margin
    return {
        "cashAvailableForInvestment": money(own),
        "cashAvailableForWithdrawal": money(own),
        "netCash": money(cash),
        "cashBalance": money(cash),
        "settledCashForInvestment": money(own),
        "unSettledCashForInvestment": 0,
        "fundsWithheldFromPurchasePower": 0,
        "fundsWithheldFromWithdrawal": 0,
        "marginBuyingPower": money(power if on_margin else Decimal(0)),
        "cashBuyingPower": money(own),
        "dtMarginBuyingPower": 0,
        "dtCashBuyingPower": 0,
        "marginBalance": money(min(cash, Decimal(0))),
        "shortAdjustBalance": 0,
        "regtEquity": money(funds.equity if on_margin else Decimal(0)),
        "regtEquityPercent": 0,
        "accountBalance": money(cash),
        "OpenCalls": {"minEquityCall": 0, "fedCall": 0, "cashCall": 0, "houseCall": 0},
        "RealTimeValues": {
            "totalAccountValue": money(funds.equity),
            "netMv": money(funds.long_value + funds.short_value),
            "netMvLong": money(funds.long_value),
            "netMvShort": money(funds.short_value),
        },
    }
