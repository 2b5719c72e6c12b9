"""Orders and fills as Coinbase shows them: fields, order and words as recorded since 2023.

cotiq/coinbase-client-kotlin has a filled limit order, ccxt and others a filled market buy by
amount: there `size_in_quote` is true, `total_value_after_fees` is the amount that was asked for,
`filled_value` that amount without the fee, and the `size` of its fills is in the QUOTE currency.
"""

from decimal import Decimal
from typing import Any, Final

from tests.simulators.coinbase.orders import Execution, Order
from tests.simulators.coinbase.wire import moment, nano, text

_PERCENT: Final = Decimal("0.01")


def order_json(order: Order) -> dict[str, Any]:
    """One of /orders/historical."""
    after_fees = order.value + (order.fees if order.side == "BUY" else -order.fees)
    return {
        "order_id": order.id,
        "product_id": order.product.id,
        "user_id": order.person.user_id,
        "order_configuration": configuration(order),
        "side": order.side,
        "client_order_id": order.client_order_id,
        "status": order.status,
        "time_in_force": order.kind.time_in_force,
        "created_time": moment(order.created_at),
        "completion_percentage": text((order.completed * 100).quantize(_PERCENT)),
        "filled_size": text(order.filled),
        "average_filled_price": text(order.average),
        "fee": "",
        "number_of_fills": str(len(order.executions)),
        "filled_value": text(order.value),
        "pending_cancel": order.status == "CANCEL_QUEUED",
        "size_in_quote": order.quote_size is not None,
        "total_fees": text(order.fees),
        "size_inclusive_of_fees": order.quote_size is not None,
        "total_value_after_fees": text(after_fees),
        "trigger_status": _trigger_status(order),
        "order_type": order.kind.type,
        "reject_reason": order.reject_reason,
        "settled": order.status == "FILLED",
        "product_type": "SPOT",
        "reject_message": order.reject_message,
        "cancel_message": order.cancel_message,
        "order_placement_source": order.source,
        "outstanding_hold_amount": text(order.hold),
        "is_liquidation": False,
        "last_fill_time": nano(order.last_fill_at) if order.last_fill_at else None,
        "edit_history": order.edits[:5],
        "leverage": "",
        "margin_type": "UNKNOWN_MARGIN_TYPE",
        "retail_portfolio_id": order.portfolio.id,
        "originating_order_id": order.parent.id if order.parent else "",
        "attached_order_id": order.attached.id if order.attached else "",
        "attached_order_configuration": configuration(order.attached) if order.attached else None,
        "current_pending_replace": _pending_replace(order),
        "last_update_time": moment(order.last_fill_at or order.created_at),
    }


def configuration(order: Order) -> dict[str, Any]:
    """As it came, with the flags that are recorded beside it."""
    return {order.configuration: {**order.fields, "rfq_disabled": False}}


def fill_json(order: Order, fill: Execution) -> dict[str, Any]:
    """One of /orders/historical/fills."""
    in_quote = order.quote_size is not None
    return {
        "entry_id": fill.entry_id,
        "trade_id": fill.trade_id,
        "order_id": order.id,
        "trade_time": nano(fill.at),
        "trade_type": "FILL",
        "price": text(fill.price),
        "size": text(fill.value if in_quote else fill.size),
        "commission": text(fill.fee),
        "product_id": order.product.id,
        "sequence_timestamp": moment(fill.at),
        "liquidity_indicator": fill.liquidity,
        "size_in_quote": in_quote,
        "user_id": order.person.user_id,
        "side": order.side,
        "retail_portfolio_id": order.portfolio.id,
    }


def _trigger_status(order: Order) -> str:
    if order.kind.type not in {"STOP_LIMIT", "BRACKET"}:
        return "INVALID_ORDER_TYPE"
    return "STOP_TRIGGERED" if order.triggered else "STOP_PENDING"


def _pending_replace(order: Order) -> dict[str, str] | None:
    if order.pending_edit is None:
        return None
    price, size = order.pending_edit
    return {"price": text(price), "size": text(size)}
