"""E*TRADE's own calls for one person, in E*TRADE's words."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final
from urllib.parse import quote as escaped

from floorbroker.brokers.context import BrokerContext
from floorbroker.brokers.etrade import answers, market_answers, order_answers
from floorbroker.brokers.etrade.answers import within
from floorbroker.brokers.etrade.client import Method
from floorbroker.brokers.etrade.eastern import written
from floorbroker.brokers.etrade.way import MARKET_SECONDS, PREVIEW_SECONDS, Asked, Way

ORDERS_A_PAGE: Final = 100
POSITIONS_A_PAGE: Final = 200


class EtradeCalls:
    """One person's. Every call raises a `Failure` where it has nothing to return.

    An account's key comes from E*TRADE's own list and has its pattern; nothing else becomes a part
    of a path that was not matched before.
    """

    __slots__ = ("_way",)

    def __init__(self, context: BrokerContext) -> None:
        """Asks nobody yet."""
        self._way = Way(context)

    def forget(self) -> None:
        """Lets go of the access; requests under way end as they will."""
        self._way.close()

    async def revoke(self) -> None:
        """Ends the access at E*TRADE."""
        await self._way.revoke()

    # Account

    async def get_accounts(self) -> list[answers.Account]:
        """All of the person's, closed ones too."""

        def read(told: Any) -> list[answers.Account]:
            if told is None:
                return []
            found = within("AccountListResponse", told)["Accounts"]["Account"]
            listed = found if isinstance(found, list) else [found]
            return [answers.Account.model_validate(one) for one in listed]

        return await self._way.read(_get("accounts", "/v1/accounts/list.json"), read)

    async def get_balance(self, key: str) -> answers.Balance:
        """With what positions are worth now."""
        terms = {"instType": "BROKERAGE", "realTimeNAV": "true"}
        asked = _get("accounts", f"/v1/accounts/{key}/balance.json", terms)
        return await self._way.read(asked, _model("BalanceResponse", answers.Balance))

    async def get_positions(self, key: str, page: int) -> answers.Holdings:
        """One page."""

        def read(told: Any) -> answers.Holdings:
            if told is None:
                return answers.Holdings()
            found = answers.Portfolio.model_validate(within("PortfolioResponse", told)).pages
            return found[0] if found else answers.Holdings()

        terms = {"count": str(POSITIONS_A_PAGE), "pageNumber": str(page), "view": "QUICK"}
        asked = _get("accounts", f"/v1/accounts/{key}/portfolio.json", terms)
        return await self._way.read(asked, read)

    # Orders

    async def preview(
        self,
        key: str,
        fields: Mapping[str, Any],
        of_order: int | None = None,
        *,
        to_place: bool = False,
    ) -> order_answers.Previewed:
        """What an order, or a change of one, would come to; nothing is placed.

        Args:
            of_order: The order that would be changed; None for a new one.
            to_place: A place follows at once, so there has to be room for both.
        """
        path, method = _preview_path(key, of_order)
        asked = Asked(
            module="orders",
            method=method,
            path=path,
            body={"PreviewOrderRequest": dict(fields)},
            cost=2 if to_place else 1,
            urgent=to_place,
        )
        read = _model("PreviewOrderResponse", order_answers.Previewed)
        return await self._way.read(asked, read, seconds=PREVIEW_SECONDS)

    async def place(
        self, key: str, fields: Mapping[str, Any], preview_id: int, of_order: int | None = None
    ) -> order_answers.Placed:
        """Places what was previewed `to_place`, once."""
        body = {**fields, "PreviewIds": [{"previewId": preview_id}]}
        path, method = _preview_path(key, of_order)
        asked = Asked(
            module="orders",
            method=method,
            path=path.replace("/preview.json", "/place.json"),
            body={"PlaceOrderRequest": body},
            cost=0,
            urgent=True,
        )
        return await self._way.ask_once(asked, _model("PlaceOrderResponse", order_answers.Placed))

    async def cancel(self, key: str, order_id: int) -> order_answers.Canceling:
        """Asks for a cancel, once."""
        asked = Asked(
            module="orders",
            method="PUT",
            path=f"/v1/accounts/{key}/orders/cancel.json",
            body={"CancelOrderRequest": {"orderId": order_id}},
            urgent=True,
        )
        read = _model("CancelOrderResponse", order_answers.Canceling)
        return await self._way.ask_once(asked, read)

    async def get_order(self, key: str, order_id: int) -> order_answers.Order:
        """One order with its events: the address that stands as `details` in lists."""

        def read(told: Any) -> order_answers.Order:
            page = order_answers.OrdersPage.model_validate(within("OrdersResponse", told))
            (order,) = page.orders
            if order.order_id != order_id:
                raise ValueError("another order")
            return order

        path = f"/v1/accounts/{key}/orders/{order_id}.json"
        return await self._way.read(_get("orders", path, urgent=True), read)

    async def get_orders(
        self,
        key: str,
        *,
        status: str | None = None,
        days: tuple[date, date] | None = None,
        marker: str | None = None,
        urgent: bool = False,
    ) -> order_answers.OrdersPage:
        """One page of an account's orders, the newest first."""

        def read(told: Any) -> order_answers.OrdersPage:
            if told is None:
                return order_answers.OrdersPage()
            return order_answers.OrdersPage.model_validate(within("OrdersResponse", told))

        terms = {"count": str(ORDERS_A_PAGE)}
        if status is not None:
            terms["status"] = status
        if days is not None:
            terms |= {"fromDate": written(days[0]), "toDate": written(days[1])}
        if marker is not None:
            terms["marker"] = marker
        asked = _get("orders", f"/v1/accounts/{key}/orders.json", terms, urgent=urgent)
        return await self._way.read(asked, read)

    # Market

    async def get_quote(self, named: str) -> market_answers.Quotes:
        """A share's or a contract's price."""
        path = f"/v1/market/quote/{escaped(named, safe=':')}.json"
        asked = _get("market", path, {"detailFlag": "ALL"})
        read = _model("QuoteResponse", market_answers.Quotes)
        return await self._way.read(asked, read, seconds=MARKET_SECONDS)

    async def look_up(self, text: str) -> market_answers.LookUp:
        """Shares whose company's name has `text` in it."""
        asked = _get("market", f"/v1/market/lookup/{escaped(text, safe='')}.json")
        read = _model("LookupResponse", market_answers.LookUp)
        return await self._way.read(asked, read, seconds=MARKET_SECONDS)

    async def get_expiries(self, symbol: str) -> market_answers.Expiries:
        """The days on which contracts of it expire, weekly ones too."""
        terms = {"symbol": symbol, "expiryType": "ALL"}
        asked = _get("market", "/v1/market/optionexpiredate.json", terms)
        read = _model("OptionExpireDateResponse", market_answers.Expiries)
        return await self._way.read(asked, read, seconds=MARKET_SECONDS)

    async def get_chain(self, symbol: str, expiry: date) -> market_answers.Chain:
        """Every contract of one day; of the nearest one, should E*TRADE not read the day."""
        terms = {
            "symbol": symbol,
            "expiryYear": str(expiry.year),
            "expiryMonth": str(expiry.month),
            "expiryDay": str(expiry.day),
            "chainType": "CALLPUT",
            "includeWeekly": "true",
            "skipAdjusted": "true",
        }
        asked = _get("market", "/v1/market/optionchains.json", terms)
        read = _model("OptionChainResponse", market_answers.Chain)
        return await self._way.read(asked, read, seconds=MARKET_SECONDS)


def _get(
    module: str, path: str, params: Mapping[str, str] | None = None, *, urgent: bool = False
) -> Asked:
    return Asked(module=module, method="GET", path=path, params=params, urgent=urgent)


def _preview_path(key: str, of_order: int | None) -> tuple[str, Method]:
    if of_order is None:
        return f"/v1/accounts/{key}/orders/preview.json", "POST"
    return f"/v1/accounts/{key}/orders/{of_order}/change/preview.json", "PUT"


def _model(envelope: str, model: type[answers.Camel]) -> Any:
    return lambda told: model.model_validate(within(envelope, told))
