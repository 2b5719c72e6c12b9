"""What the answers to requests about one order say: placed, canceled, amended, and its trades."""

from typing import Any

from tests.simulators.binance.orders import Order, Trade
from tests.simulators.binance.wire import fixed, millis


def usual_response_type(kind: str) -> str:
    """Where the request does not say which."""
    return "FULL" if kind in {"MARKET", "LIMIT"} else "ACK"


def placed(order: Order, response_type: str) -> dict[str, Any]:
    """The answer to a new order, in one of the three sizes."""
    ack = {**order.head(), "transactTime": millis(order.updated_at)}
    if response_type == "ACK":
        return ack
    result = {
        **ack,
        **order.figures(),
        "origQuoteOrderQty": fixed(order.ticket.quote_qty),
        **_stops(order),
        "workingTime": millis(order.working_at),
        **order.extras(),
        "selfTradePreventionMode": order.ticket.stp,
    }
    if response_type == "RESULT":
        return result
    full = {**result, "fills": [_fill(one) for one in order.trades]}
    if order.prevented:
        full["preventedMatches"] = [
            {
                "preventedMatchId": one.id,
                "makerOrderId": one.maker_order_id,
                "price": fixed(one.price),
                **(
                    {}
                    if one.maker_qty is None
                    else {"makerPreventedQuantity": fixed(one.maker_qty)}
                ),
            }
            for one in order.prevented
        ]
    return full


def canceled(order: Order, cancel_id: str) -> dict[str, Any]:
    """The answer to a cancel: the id of the order is the original one, the other the cancel's."""
    return {
        "symbol": order.symbol.name,
        "origClientOrderId": order.client_order_id,
        **order.head(),
        "clientOrderId": cancel_id,
        "transactTime": millis(order.updated_at),
        **order.figures(),
        "origQuoteOrderQty": fixed(order.ticket.quote_qty),
        **_stops(order),
        **order.extras(),
        "selfTradePreventionMode": order.ticket.stp,
    }


def amended(order: Order) -> dict[str, Any]:
    """The answer to an amendment; its names differ from those of other answers."""
    last = order.amendments[-1]
    answer: dict[str, Any] = {
        "transactTime": millis(last.at),
        "executionId": last.execution_id,
        "amendedOrder": {
            "symbol": order.symbol.name,
            "orderId": order.id,
            "orderListId": order.head()["orderListId"],
            "origClientOrderId": last.from_client_id,
            "clientOrderId": order.client_order_id,
            "price": fixed(order.ticket.price),
            "qty": fixed(order.qty),
            "executedQty": fixed(order.filled_qty),
            "preventedQty": fixed(order.prevented_qty),
            "quoteOrderQty": fixed(order.ticket.quote_qty),
            "cumulativeQuoteQty": fixed(order.turnover),
            "status": order.status,
            "timeInForce": order.ticket.time_in_force,
            "type": order.type,
            "side": order.side,
            **_stops(order),
            **({} if order.working_at is None else {"workingTime": millis(order.working_at)}),
            "selfTradePreventionMode": order.ticket.stp,
        },
    }
    if order.order_list is not None:
        shown = order.order_list.wire()
        names = ("orderListId", "contingencyType", "listOrderStatus", "listClientOrderId")
        status = {name: shown[name] for name in (*names, "symbol", "orders")}
        answer["listStatus"] = status
    return answer


def amendments(order: Order) -> list[dict[str, Any]]:
    """All changes of an order, oldest first."""
    return [
        {
            "symbol": order.symbol.name,
            "orderId": order.id,
            "executionId": one.execution_id,
            "origClientOrderId": one.from_client_id,
            "newClientOrderId": one.to_client_id,
            "origQty": fixed(one.from_qty),
            "newQty": fixed(one.to_qty),
            "time": millis(one.at),
        }
        for one in order.amendments
    ]


def trade(order: Order, one: Trade) -> dict[str, Any]:
    """As `GET /api/v3/myTrades` shows it."""
    return {
        "symbol": order.symbol.name,
        "id": one.id,
        "orderId": order.id,
        "orderListId": order.head()["orderListId"],
        "price": fixed(one.price),
        "qty": fixed(one.qty),
        "quoteQty": fixed(one.qty * one.price),
        "commission": fixed(one.commission),
        "commissionAsset": one.commission_asset,
        "time": millis(one.at),
        "isBuyer": order.side == "BUY",
        "isMaker": one.maker,
        "isBestMatch": True,
    }


def _fill(one: Trade) -> dict[str, Any]:
    return {
        "price": fixed(one.price),
        "qty": fixed(one.qty),
        "commission": fixed(one.commission),
        "commissionAsset": one.commission_asset,
        "tradeId": one.id,
    }


def _stops(order: Order) -> dict[str, Any]:
    fields = {}
    if order.ticket.stop_price is not None:
        fields["stopPrice"] = fixed(order.ticket.stop_price)
    if order.ticket.iceberg_qty is not None:
        fields["icebergQty"] = fixed(order.ticket.iceberg_qty)
    return fields
