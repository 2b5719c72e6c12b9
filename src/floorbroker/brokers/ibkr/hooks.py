"""Hearing TWS's messages as the SDK's decoder reads them, before the SDK makes something of them.

The decoder looks each method of the wrapper up when its message comes (ib_insync, decoder.py).
"""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final

from floorbroker.brokers.ibkr import told
from floorbroker.brokers.ibkr.told import OrderNews

LAST: Final = 45
DELAYED_LAST: Final = 88
"""Ticks with the time of the last trade, live and delayed; the SDK leaves both out."""


def hang_on(
    wrapper: Any,
    hears: Callable[[OrderNews], None],
    hears_error: Callable[[int, int, str], None],
    hears_profit: Callable[[int, Decimal | None], None],
) -> None:
    """Tells what comes of orders, errors and the day's profit, each before the SDK has it."""

    def open_order(_number: int, about: Any, fields: Any, state: Any) -> None:
        if not fields.whatIf:
            hears(told.order(about, fields, state))

    def completed(about: Any, fields: Any, state: Any) -> None:
        hears(told.order(about, fields, state, ended=True))

    def status(number: int, word: str, filled: float, *rest: Any) -> None:
        _, _, perm_id, _, _, client_id, *_ = rest
        hears(
            told.StatusTold(
                order_id=number,
                client_id=client_id,
                perm_id=perm_id,
                status=word,
                filled=told.amount(filled),
            )
        )

    def execution(_request: int, _about: Any, fields: Any) -> None:
        hears(told.execution(fields))

    def commission(fields: Any) -> None:
        hears(told.commission(fields))

    def error(about: int, code: int, words: str, _advanced: str = "") -> None:
        hears_error(about, code, words)

    def profit(request: int, day: float, *_rest: Any) -> None:
        hears_profit(request, told.number(day))

    def tick_times(request: int, kind: int, value: str) -> None:
        ticker = wrapper.reqId2Ticker.get(request)
        if kind in {LAST, DELAYED_LAST} and ticker is not None and value.isdigit():
            ticker.last_timestamp = datetime.fromtimestamp(int(value), UTC)

    for name, heard in (
        ("openOrder", open_order),
        ("completedOrder", completed),
        ("orderStatus", status),
        ("execDetails", execution),
        ("commissionReport", commission),
        ("error", error),
        ("pnl", profit),
        ("tickString", tick_times),
    ):
        setattr(wrapper, name, _both(heard, getattr(wrapper, name)))


def _both(first: Callable[..., None], then: Callable[..., None]) -> Callable[..., None]:
    def both(*given: Any) -> None:
        first(*given)
        then(*given)

    return both
