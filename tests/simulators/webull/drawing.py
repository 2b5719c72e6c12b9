"""How orders look in answers: reference of order-detail, and what the sandbox sent."""

from collections.abc import Sequence
from typing import Any

from tests.simulators.webull.instruments import COIN, Contract
from tests.simulators.webull.orders import Group, Order
from tests.simulators.webull.ticket import NORMAL
from tests.simulators.webull.wire import iso, millis, price, text


def placed(orders: Sequence[Order], group: Group | None) -> dict[str, str]:
    """The answer to place: of a group only the group's ids (sandbox)."""
    if group is not None:
        return {"combo_order_id": group.id, "client_combo_order_id": group.client_id}
    return {"client_order_id": orders[0].client_order_id, "order_id": orders[0].id}


def alone(order: Order) -> dict[str, Any]:
    """The answer to the detail: one order in the cover of its group (sandbox)."""
    return _cover([order], order.group)


def together(orders: Sequence[Order]) -> list[tuple[str, dict[str, Any]]]:
    """The lists' items, beside their ids: orders of a group in one of them.

    So the reference; whose `combo_type` and id the cover has is unverified: here the first's.
    """
    found: dict[str, list[Order]] = {}
    for order in orders:
        found.setdefault(order.group.id if order.group else order.id, []).append(order)
    return [(some[0].client_order_id, _cover(some, some[0].group)) for some in found.values()]


def _cover(orders: Sequence[Order], group: Group | None) -> dict[str, Any]:
    first = orders[0]
    return {
        "client_order_id": first.client_order_id,
        "combo_type": first.combo if group else NORMAL,
        "combo_order_id": group.id if group else first.id,
        "orders": [_drawn(order) for order in orders],
    }


def _drawn(order: Order) -> dict[str, Any]:
    coin = order.instrument.kind == COIN
    contract = order.instrument if isinstance(order.instrument, Contract) else None
    drawn: dict[str, Any] = {
        "symbol": contract.underlying if contract else order.instrument.symbol,
        "side": order.side,
        "status": order.status,
        "client_order_id": order.client_order_id,
        "order_type": order.type,
        "instrument_type": order.instrument.kind,
        "order_id": order.id,
        "entrust_type": order.entrust,
        "total_quantity": text(order.quantity),
        "filled_quantity": text(order.filled),
        "place_time": str(millis(order.created_at)),
        "place_time_at": iso(order.created_at),
        "time_in_force": order.time_in_force,
    }
    if not coin:
        fees = [
            {"type": kind, "actual_value": text(fee), "receivable_value": text(fee)}
            for kind, fee in order.fees
        ]
        drawn |= {"fees": fees, "commission": {}, "support_trading_session": order.session}
    drawn |= _numbers(order)
    return drawn | (_option(order, contract) if contract else {})


def _numbers(order: Order) -> dict[str, str]:
    drawn = {}
    for name, value in (("limit_price", order.limit_price), ("stop_price", order.stop_price)):
        if value is not None:
            drawn[name] = price(value)
    if order.step is not None:
        drawn |= {"trailing_type": order.trailing_type, "trailing_stop_step": text(order.step)}
    if order.executions:
        last = order.executions[-1].at
        drawn |= {
            "filled_price": price(order.average),
            "filled_time": str(millis(last)),
            "filled_time_at": iso(last),
        }
    return drawn


def _option(order: Order, contract: Contract) -> dict[str, Any]:
    leg = {
        "id": order.leg_id,
        "symbol": contract.root,
        "side": order.side,
        "quantity": text(order.quantity),
        "option_type": contract.right,
        "option_category": "AMERICAN",
        "strike_price": price(contract.strike),
        "option_contract_multiplier": text(contract.multiplier),
        "option_contract_deliverable": text(contract.multiplier),
        "option_expire_date": contract.expiry.isoformat(),
    }
    intent = {"position_intent": order.intent} if order.intent else {}
    return {"option_strategy": "SINGLE", **intent, "legs": [leg]}
