"""OpenD's own requests in OpenD's own words, of one environment: each metered and sent once.

Every request names the environment: the SDK's own default is REAL. Every one raises a `Failure`
where it has nothing to return; `BrokerError` where the gateway is not up.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

from floorbroker.brokers.context import BrokerContext
from floorbroker.brokers.moomoo import metering, words
from floorbroker.brokers.moomoo.eastern import written
from floorbroker.brokers.moomoo.line import OpenDLine
from floorbroker.brokers.moomoo.metering import Metering, Scope
from floorbroker.brokers.moomoo.refusals import Refusal
from floorbroker.brokers.shared.gateway import Gateway
from floorbroker.domain.ids import AccountId
from floorbroker.domain.modes import Environment

ACCOUNT_SECONDS: Final = 8.0
MARKET_SECONDS: Final = 4.0
ORDER_SECONDS: Final = 5.0
"""The SDK itself gives an answer up after 12 (open_context_base.py, `_query_timeout`)."""

BARS_AT_MOST: Final = 1000
LEVELS: Final = 10


class MoomooCalls:
    """Those of one link."""

    __slots__ = ("_environment", "_gateway", "_metering", "_patience")

    def __init__(self, context: BrokerContext, gateway: Gateway[OpenDLine]) -> None:
        """`context.options` may hold a `patience` that shortens every deadline, for tests."""
        self._environment = words.ENVIRONMENTS[context.environment]
        self._gateway = gateway
        self._metering = Metering(context.allowances)
        self._patience: float = context.options.get("patience", 1.0)

    async def up(self) -> None:
        """Returns while the connection stands; see `Gateway.up`."""
        await self._gateway.up()

    # Accounts

    async def get_accounts(self) -> Sequence[Any]:
        """`TrdAcc` for US securities, of both environments."""
        await self._gateway.up()
        return await self._gateway.wire.accounts()

    async def get_funds(self, account_id: AccountId) -> Any:
        """`Funds`, in US dollars."""
        fields = {"header": self._header(account_id), "currency": words.DOLLARS}
        return (await self._read("Trd_GetFunds", fields)).funds

    async def get_positions(self, account_id: AccountId) -> Sequence[Any]:
        """`Position`; of a strategy of options its legs."""
        fields = {"header": self._header(account_id)}
        return list((await self._read("Trd_GetPositionList", fields)).positionList)

    # Orders

    async def get_orders(self, account_id: AccountId, *, anew: bool = False) -> Sequence[Any]:
        """`Order`: those at work, and perhaps those that ended today.

        Args:
            anew: Past OpenD's own memory, which pushes keep up to date.
        """
        fields = {"header": self._header(account_id), "refreshCache": anew}
        if anew:
            await self._metering.take(metering.REFRESHED_ORDERS, account_id)
        return list((await self._read("Trd_GetOrderList", fields)).orderList)

    async def get_past_orders(
        self, account_id: AccountId, since: datetime, until: datetime, *, urgent: bool = False
    ) -> Sequence[Any]:
        """`Order` of the range, ended ones too, latest first."""
        await self._metering.take(metering.HISTORY, account_id, urgent=urgent)
        fields = self._within(account_id, since, until)
        return list((await self._read("Trd_GetHistoryOrderList", fields)).orderList)

    async def get_deals(self, account_id: AccountId) -> Sequence[Any]:
        """`OrderFill` of today; OpenD has none for paper accounts."""
        fields = {"header": self._header(account_id)}
        return list((await self._read("Trd_GetOrderFillList", fields)).orderFillList)

    async def get_past_deals(
        self, account_id: AccountId, since: datetime, until: datetime
    ) -> Sequence[Any]:
        """`OrderFill` of the range."""
        await self._metering.take(metering.DEALS, account_id)
        fields = self._within(account_id, since, until)
        return list((await self._read("Trd_GetHistoryOrderFillList", fields)).orderFillList)

    async def get_fees(self, account_id: AccountId, order_id: str) -> Sequence[Any]:
        """`OrderFee` of one order; OpenD has none for paper accounts."""
        await self._metering.take(metering.FEES, account_id)
        fields = {"header": self._header(account_id), "orderIdExList": [order_id]}
        return list((await self._read("Trd_GetOrderFee", fields)).orderFeeList)

    async def place(
        self, account_id: AccountId, terms: Mapping[str, Any], *, urgent: bool = False
    ) -> str:
        """Moomoo's id of the new order."""
        fields = {**terms, "header": self._header(account_id)}
        told = await self._send("Trd_PlaceOrder", fields, metering.PLACE, account_id, urgent=urgent)
        return _id_of(told)

    async def change(
        self, account_id: AccountId, terms: Mapping[str, Any], *, urgent: bool = False
    ) -> str:
        """Moomoo's id of the order that is changed, or canceled."""
        fields = {**terms, "header": self._header(account_id), "orderID": 0, "forAll": False}
        told = await self._send(
            "Trd_ModifyOrder", fields, metering.CHANGE, account_id, urgent=urgent
        )
        return _id_of(told)

    # Market

    async def get_snapshots(self, *codes: str) -> Sequence[Any]:
        """`Snapshot` of each code."""
        await self._metering.take(metering.SNAPSHOT)
        fields = {"securityList": [_security(code) for code in codes]}
        return list((await self._ask("Qot_GetSecuritySnapshot", fields)).snapshotList)

    async def get_static(self, code: str) -> Sequence[Any]:
        """`SecurityStaticInfo` of one code."""
        await self._metering.take(metering.STATIC)
        fields = {"securityList": [_security(code)]}
        return list((await self._ask("Qot_GetStaticInfo", fields)).staticInfoList)

    async def get_listed(self, kind: int) -> Sequence[Any]:
        """`SecurityStaticInfo` of all US securities of a kind: thousands."""
        await self._metering.take(metering.STATIC)
        fields = {"market": words.US_SECURITIES, "secType": kind}
        return list((await self._ask("Qot_GetStaticInfo", fields)).staticInfoList)

    async def get_expiries(self, code: str) -> Sequence[Any]:
        """`OptionExpirationDate` of each day on which contracts of it expire."""
        await self._metering.take(metering.EXPIRIES)
        told = await self._ask("Qot_GetOptionExpirationDate", {"owner": _security(code)})
        return list(told.dateList)

    async def get_chain(self, code: str, expiry: date) -> Sequence[Any]:
        """`SecurityStaticInfo` of every contract of one expiry."""
        await self._metering.take(metering.CHAIN)
        day = expiry.isoformat()
        fields = {"owner": _security(code), "beginTime": day, "endTime": day}
        told = await self._ask("Qot_GetOptionChain", fields)
        rows = [row for chain in told.optionChain for row in chain.option]
        return [
            getattr(row, side) for row in rows for side in ("call", "put") if row.HasField(side)
        ]

    async def get_bars(self, code: str, kind: int, since: datetime, until: datetime) -> Any:
        """`KLine` of the range as traded, oldest first, the first thousand."""
        await self._metering.take(metering.BARS)
        fields = {
            "rehabType": words.AS_TRADED,
            "klType": kind,
            "security": _security(code),
            "beginTime": written(since),
            "endTime": written(until),
            "maxAckKLNum": BARS_AT_MOST,
        }
        return list((await self._ask("Qot_RequestHistoryKL", fields)).klList)

    async def get_days(self, first: date, last: date) -> Sequence[Any]:
        """`TradeDate` of the US market."""
        await self._metering.take(metering.DAYS)
        fields = {
            "market": words.US_DAYS,
            "beginTime": first.isoformat(),
            "endTime": last.isoformat(),
        }
        return list((await self._ask("Qot_RequestTradeDate", fields)).tradeDateList)

    async def get_us_state(self) -> int:
        """`QotMarketState` of the US market."""
        return int((await self._ask("GetGlobalState", {"userID": 0})).marketUS)

    async def subscribe(self, code: str, kind: int, *, push: bool = False) -> None:
        """Prices of a kind from now on; counted against OpenD's quota."""
        fields = {
            "securityList": [_security(code)],
            "subTypeList": [kind],
            "isSubOrUnSub": True,
            "isRegOrUnRegPush": push,
            "isFirstPush": push,
        }
        await self._ask("Qot_Sub", fields)

    async def unsubscribe(self, code: str, kind: int) -> None:
        """No longer; refused within a minute of the subscribing."""
        fields = {
            "securityList": [_security(code)],
            "subTypeList": [kind],
            "isSubOrUnSub": False,
        }
        await self._ask("Qot_Sub", fields)

    async def get_book(self, code: str) -> Any:
        """The order book of a code that is subscribed to."""
        return await self._ask("Qot_GetOrderBook", {"security": _security(code), "num": LEVELS})

    # What all of them share

    async def _read(self, name: str, fields: Mapping[str, Any]) -> Any:
        await self._gateway.up()
        return await self._gateway.wire.ask(name, fields, ACCOUNT_SECONDS * self._patience)

    async def _ask(self, name: str, fields: Mapping[str, Any]) -> Any:
        await self._gateway.up()
        return await self._gateway.wire.ask(name, fields, MARKET_SECONDS * self._patience)

    async def _send(
        self,
        name: str,
        fields: Mapping[str, Any],
        scope: Scope,
        account_id: AccountId,
        *,
        urgent: bool,
    ) -> Any:
        """Raises `NotSent` where the gateway is not up."""
        await self._gateway.up_to_send()
        await self._metering.take(scope, account_id, urgent=urgent)
        line = self._gateway.wire
        try:
            told = await line.ask(name, fields, ORDER_SECONDS * self._patience)
        except Refusal as refusal:
            if refusal.of_the_lock:
                line.unlocked = False
            raise
        if self._environment == words.ENVIRONMENTS[Environment.LIVE]:
            line.unlocked = True
        return told

    def _header(self, account_id: AccountId) -> dict[str, int]:
        return {
            "trdEnv": self._environment,
            "accID": int(account_id),
            "trdMarket": words.US,
        }

    def _within(self, account_id: AccountId, since: datetime, until: datetime) -> dict[str, Any]:
        span = {"beginTime": written(since), "endTime": written(until)}
        return {"header": self._header(account_id), "filterConditions": span}


def _security(code: str) -> dict[str, Any]:
    return {"market": words.US_SECURITIES, "code": code}


def _id_of(told: Any) -> str:
    """The SDK goes by `orderIDEx` alone (trade_query.py, `PlaceOrder.unpack_rsp`)."""
    return told.orderIDEx or (str(told.orderID) if told.orderID else "")
