"""/api/v3/account, rateLimit/order, myFilters and /sapi/v1/account/apiRestrictions."""

from collections.abc import Callable
from datetime import datetime

from tests.simulators.binance.asking import Ask, Route
from tests.simulators.binance.limits import Limits
from tests.simulators.binance.parameters import Parameters
from tests.simulators.binance.statements import account, commission, restrictions
from tests.simulators.binance.symbols import EXCHANGE_MAX_NUM_ORDERS, Catalogue
from tests.simulators.binance.wire import millis
from tests.simulators.serving import Answer, json_answer


class AccountsApi:
    """Answers about accounts and keys."""

    def __init__(self, catalogue: Catalogue, limits: Limits, now: Callable[[], datetime]) -> None:
        """Of everybody."""
        self._catalogue = catalogue
        self._limits = limits
        self._now = now

    def routes(self, *, wallet: bool) -> list[Route]:
        """With the weights of rest-api.md.

        Args:
            wallet: Whether /sapi is there; the testnet has none (testnet/general-info.md).
        """
        reads = "USER_DATA"
        routes = [
            Route("GET", "/api/v3/account", self._account, weight=20, security=reads),
            Route("GET", "/api/v3/account/commission", self._commission, weight=20, security=reads),
            Route("GET", "/api/v3/rateLimit/order", self._count, weight=40, security=reads),
            Route("GET", "/api/v3/myFilters", self._filters, weight=40, security=reads),
        ]
        rights = "/sapi/v1/account/apiRestrictions"
        return [*routes, Route("GET", rights, self._rights, security=reads)] if wallet else routes

    def _account(self, ask: Ask) -> Answer:
        parameters = Parameters(ask)
        omit = parameters.flag("omitZeroBalances")
        parameters.done()
        assets = () if omit else self._catalogue.assets
        return json_answer(account(ask.owner, at=millis(self._now()), assets=assets))

    def _commission(self, ask: Ask) -> Answer:
        parameters = Parameters(ask)
        symbol = self._catalogue.find(parameters.symbol())
        parameters.done()
        return json_answer(commission(ask.owner, symbol))

    def _count(self, ask: Ask) -> Answer:
        Parameters(ask).done()
        return json_answer(self._limits.counts(ask.owner))

    def _filters(self, ask: Ask) -> Answer:
        parameters = Parameters(ask)
        symbol = self._catalogue.find(parameters.symbol())
        parameters.done()
        exchange = {
            "filterType": "EXCHANGE_MAX_NUM_ORDERS",
            "maxNumOrders": EXCHANGE_MAX_NUM_ORDERS,
        }
        shown = symbol.wire()["filters"]
        return json_answer(
            {"exchangeFilters": [exchange], "symbolFilters": shown, "assetFilters": []}
        )

    def _rights(self, ask: Ask) -> Answer:
        Parameters(ask).done()
        return json_answer(restrictions(ask.owner))
