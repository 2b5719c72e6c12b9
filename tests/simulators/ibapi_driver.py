"""IBKR's own Python client at a port: a short day of trading, told as JSON on standard output.

Runs in an environment that has ibapi 9.81.1.post1 (see ibapi.txt): nothing but that and the
standard library is imported here. `python ibapi_driver.py PORT`
"""

# The callbacks and their arguments have ibapi's names.
# ruff: noqa: N802, N803
# It is not installed where types are checked.
# mypy: disable-error-code="import-not-found"

import json
import sys
import threading
from collections.abc import Callable
from typing import Any

from ibapi.client import EClient
from ibapi.contract import Contract
from ibapi.execution import ExecutionFilter
from ibapi.order import Order
from ibapi.wrapper import EWrapper

PATIENCE_SECONDS = 15


class Driver(EWrapper, EClient):  # type: ignore[misc] # ibapi has no types
    """Notes everything that it is told, by the name of the callback."""

    def __init__(self) -> None:
        EWrapper.__init__(self)
        EClient.__init__(self, wrapper=self)
        self.told: dict[str, list[dict[str, Any]]] = {}
        self.changed = threading.Condition()
        self.next_id = 0

    def note(self, name: str, /, **values: Any) -> None:
        """Called on ibapi's thread."""
        with self.changed:
            self.told.setdefault(name, []).append(values)
            self.changed.notify_all()

    def wait(self, name: str, fits: Callable[[dict[str, Any]], bool] = lambda _: True) -> Any:
        """The first of that name that fits."""
        with self.changed:
            found: list[dict[str, Any]] = []

            def there() -> bool:
                found[:] = [one for one in self.told.get(name, []) if fits(one)]
                return bool(found)

            if not self.changed.wait_for(there, PATIENCE_SECONDS):
                raise TimeoutError(f"{name}; errors: {self.told.get('error')}")
            return found[0]

    # The connection

    def nextValidId(self, orderId: int) -> None:
        self.next_id = orderId
        self.note("next_id", id=orderId)

    def managedAccounts(self, accountsList: str) -> None:
        self.note("accounts", list=accountsList)

    def error(self, reqId: int, errorCode: int, errorString: str) -> None:
        self.note("error", about=reqId, code=errorCode, text=errorString)

    def currentTime(self, time: int) -> None:
        self.note("time", at=time)

    # Accounts

    def position(self, account: str, contract: Contract, position: float, avgCost: float) -> None:
        self.note(
            "position",
            account=account,
            con_id=contract.conId,
            quantity=position,
            cost=avgCost,
        )

    def positionEnd(self) -> None:
        self.note("position_end")

    def accountSummary(self, reqId: int, account: str, tag: str, value: str, currency: str) -> None:
        self.note("summary", account=account, tag=tag, value=value, currency=currency)

    def accountSummaryEnd(self, reqId: int) -> None:
        self.note("summary_end")

    def updatePortfolio(self, contract: Contract, *values: Any) -> None:
        self.note("portfolio", con_id=contract.conId, values=list(values))

    def accountDownloadEnd(self, accountName: str) -> None:
        self.note("download_end", account=accountName)

    # Contracts and data

    def contractDetails(self, reqId: int, contractDetails: Any) -> None:
        contract = contractDetails.contract
        self.note(
            "details",
            con_id=contract.conId,
            symbol=contract.symbol,
            primary=contract.primaryExchange,
            name=contractDetails.longName,
            min_tick=contractDetails.minTick,
            rules=contractDetails.marketRuleIds,
            stock_type=contractDetails.stockType,
        )

    def contractDetailsEnd(self, reqId: int) -> None:
        self.note("details_end")

    def tickPrice(self, reqId: int, tickType: int, price: float, attrib: Any) -> None:
        self.note("price", type=tickType, price=price)

    def tickSize(self, reqId: int, tickType: int, size: int) -> None:
        self.note("size", type=tickType, size=size)

    def tickSnapshotEnd(self, reqId: int) -> None:
        self.note("snapshot_end")

    def historicalData(self, reqId: int, bar: Any) -> None:
        self.note(
            "bar",
            date=bar.date,
            open=bar.open,
            high=bar.high,
            low=bar.low,
            close=bar.close,
            volume=bar.volume,
        )

    def historicalDataEnd(self, reqId: int, start: str, end: str) -> None:
        self.note("bars_end")

    # Orders

    def openOrder(self, orderId: int, contract: Contract, order: Order, orderState: Any) -> None:
        self.note(
            "open_order",
            id=orderId,
            con_id=contract.conId,
            ref=order.orderRef,
            perm_id=order.permId,
            what_if=order.whatIf,
            type=order.orderType,
            status=orderState.status,
            commission=orderState.commission,
            margin=orderState.initMarginChange,
        )

    def orderStatus(
        self, orderId: int, status: str, filled: float, remaining: float, *rest: Any
    ) -> None:
        self.note("status", id=orderId, status=status, filled=filled, remaining=remaining)

    def openOrderEnd(self) -> None:
        self.note("open_order_end")

    def completedOrder(self, contract: Contract, order: Order, orderState: Any) -> None:
        self.note(
            "completed",
            ref=order.orderRef,
            perm_id=order.permId,
            status=orderState.status,
            filled=order.filledQuantity,
            at=orderState.completedTime,
        )

    def completedOrdersEnd(self) -> None:
        self.note("completed_end")

    def execDetails(self, reqId: int, contract: Contract, execution: Any) -> None:
        self.note(
            "execution",
            asked=reqId,
            id=execution.execId,
            order_id=execution.orderId,
            ref=execution.orderRef,
            side=execution.side,
            shares=execution.shares,
            price=execution.price,
        )

    def execDetailsEnd(self, reqId: int) -> None:
        self.note("execution_end")

    def commissionReport(self, commissionReport: Any) -> None:
        self.note("commission", id=commissionReport.execId, amount=commissionReport.commission)


def apple() -> Contract:
    """One stock, without its number."""
    contract = Contract()
    contract.symbol, contract.secType = "AAPL", "STK"
    contract.exchange, contract.currency = "SMART", "USD"
    return contract


def order(kind: str, quantity: int, ref: str, **fields: Any) -> Order:
    """For buying."""
    made = Order()
    made.action, made.orderType, made.totalQuantity, made.orderRef = "BUY", kind, quantity, ref
    for name, value in fields.items():
        setattr(made, name, value)
    return made


def trade(driver: Driver) -> None:
    """A market order to its fill, a limit order and its cancel, and a what-if."""
    bought, resting, asked = (driver.next_id + n for n in range(3))
    driver.placeOrder(bought, apple(), order("MKT", 3, "bought"))
    driver.wait("status", lambda s: s["id"] == bought and s["status"] == "Filled")
    driver.wait("commission")
    driver.placeOrder(resting, apple(), order("LMT", 2, "resting", lmtPrice=100.5))
    driver.wait("status", lambda s: s["id"] == resting and s["status"] == "Submitted")
    driver.reqAllOpenOrders()
    driver.wait("open_order_end")
    driver.cancelOrder(resting)
    driver.wait("status", lambda s: s["id"] == resting and s["status"] == "Cancelled")
    driver.wait("error", lambda e: e["about"] == resting and e["code"] == 202)
    driver.placeOrder(asked, apple(), order("LMT", 2, "asked", lmtPrice=100.5, whatIf=True))
    driver.wait("open_order", lambda o: o["what_if"])


def read(driver: Driver) -> None:
    """Everything that changes nothing."""
    driver.reqCurrentTime()
    driver.wait("time")
    driver.reqContractDetails(1001, apple())
    driver.wait("details_end")
    driver.reqMktData(1002, apple(), "", True, False, [])
    driver.wait("snapshot_end")
    driver.reqHistoricalData(1003, apple(), "", "1 M", "1 day", "TRADES", 1, 1, False, [])
    driver.wait("bars_end")
    driver.reqAccountSummary(1004, "All", "NetLiquidation,TotalCashValue,BuyingPower")
    driver.wait("summary_end")
    driver.reqPositions()
    driver.wait("position_end")
    driver.reqAccountUpdates(True, "")
    driver.wait("download_end")


def review(driver: Driver) -> None:
    """What is left of it."""
    driver.reqExecutions(1005, ExecutionFilter())
    driver.wait("execution_end")
    driver.reqCompletedOrders(False)
    driver.wait("completed_end")


def main() -> None:
    """Connects, does all of it, prints what was told."""
    driver = Driver()
    driver.connect("127.0.0.1", int(sys.argv[1]), 7)
    listening = threading.Thread(target=driver.run, daemon=True)
    listening.start()
    driver.wait("next_id")
    driver.wait("accounts")
    read(driver)
    trade(driver)
    review(driver)
    version = driver.serverVersion()
    driver.disconnect()
    listening.join(PATIENCE_SECONDS)
    json.dump({"version": version, "told": driver.told}, sys.stdout)


if __name__ == "__main__":
    main()
