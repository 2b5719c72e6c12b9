"""Orders and executions as TWS tells them; the fields' order is that of ib_insync's decoder.py."""

from decimal import Decimal
from typing import Final

from tests.simulators.tws.listing import Contract
from tests.simulators.tws.orders import Execution, SimOrder
from tests.simulators.tws.wire import UNSET_DOUBLE, Value, moment

ZERO: Final = Decimal(0)
_PEGGED_FROM: Final = 170


def contract_fields(contract: Contract, exchange: str, no_right: str = "?") -> tuple[Value, ...]:
    """The eleven that orders, executions and positions share.

    Args:
        no_right: Stands for the right of what is no option: "?" in orders, "0" in portfolios and
            nothing in positions, as ib_insync's notebooks show them.
    """
    return (
        contract.con_id,
        contract.symbol,
        contract.kind,
        contract.expiry,
        contract.strike,
        contract.right or no_right,
        contract.multiplier,
        exchange,
        contract.currency,
        contract.local_symbol,
        contract.trading_class,
    )


def _terms(order: SimOrder) -> tuple[Value, ...]:
    ticket = order.ticket
    aux = order.stop if ticket.type == "STP" and order.stop is not None else ticket.aux_price
    return (
        ticket.action,
        ticket.quantity,
        ticket.type,
        ticket.limit_price if ticket.limit_price is not None else ZERO,
        aux if aux is not None else ZERO,
        ticket.tif,
        ticket.oca_group,
        order.account,
        ticket.open_close,
        0,  # origin
        ticket.order_ref,
    )


def open_order(order: SimOrder, version: int, margins: tuple[Value, ...] = ()) -> tuple[Value, ...]:
    """Message 5; with `margins` (the 14 fields of an order state after its status) a what-if's."""
    ticket = order.ticket
    state = margins or (*(UNSET_DOUBLE,) * 9, "", "", "", "", "")
    since = ((159, ""), (160, ""), (162, False))
    return (
        5,
        order.order_id,
        *contract_fields(order.contract, order.ticket.wanted.exchange or order.contract.exchange),
        *_terms(order),
        order.client_id,
        order.perm_id,
        ticket.outside_rth,
        False,  # hidden
        ZERO,  # discretionaryAmt
        *("",) * 7,  # goodAfterTime to modelCode
        ticket.good_till,
        *("", "", ""),  # rule80A, percentOffset, settlingFirm
        *(0, "", -1, 0),  # shortSaleSlot, designatedLocation, exemptCode, auctionStrategy
        *("",) * 5,  # startingPrice to stockRangeUpper
        *("", False, False, False, ""),  # displaySize to minQty
        ticket.oca_type or 3,
        *(False, False, ""),  # eTradeOnly, firmQuoteOnly, nbboPriceCap
        ticket.parent_id,
        *(0, "", 0, "None", "", 0, "", "", "", "?", False, 0, ""),  # triggerMethod to short sale
        *(False, 0),  # continuousUpdate, referencePriceType
        order.stop if ticket.type.startswith("TRAIL") else ticket.trail_stop,
        ticket.trailing_percent,
        *("", "", "", 0, 0, 0),  # basisPoints to the counts of legs and parameters
        *("", "", "", ""),  # scale, hedgeType
        *(False, "", "IB", False, False, ""),  # optOutSmartRouting to algoStrategy
        False,  # solicited
        ticket.what_if,
        order.status,
        *state,
        *(False, False, 0),  # randomizeSize, randomizePrice, conditions
        "None",  # adjustedOrderType
        *_far_stops(order),
        *("", "", "", ticket.cash_quantity, False, False, False, False),
        *(field for at, field in since if version >= at),
        *(("",) * 5 if version >= _PEGGED_FROM else ()),
    )


def _far_stops(order: SimOrder) -> tuple[Value, ...]:
    """triggerPrice to adjustableTrailingUnit; only where a trailing stop stands is ever set."""
    trail = order.stop if order.ticket.type.startswith("TRAIL") else None
    standing = UNSET_DOUBLE if trail is None else trail
    return (UNSET_DOUBLE, standing, *(UNSET_DOUBLE,) * 4, 0)


def completed_order(order: SimOrder, version: int, zone: str) -> tuple[Value, ...]:
    """Message 101."""
    ticket = order.ticket
    trail = order.stop if ticket.type.startswith("TRAIL") else ticket.trail_stop
    assert order.ended_at is not None
    return (
        101,
        *contract_fields(order.contract, order.contract.exchange),
        *_terms(order),
        order.perm_id,
        ticket.outside_rth,
        *(False, ZERO, ""),  # hidden, discretionaryAmt, goodAfterTime
        *("",) * 5,  # faGroup to modelCode
        ticket.good_till,
        *("", "", "", 0, "", -1),  # rule80A to exemptCode
        *("",) * 5,  # startingPrice to stockRangeUpper
        *("", False, False, ""),  # displaySize to minQty
        ticket.oca_type or 3,
        *(0, "", 0, "None", "", 0, False, 0, ""),  # triggerMethod to short sale
        *(False, 0),  # continuousUpdate, referencePriceType
        trail,
        ticket.trailing_percent,
        *("", 0, 0, 0),  # comboLegsDescrip and counts
        *("", "", "", ""),  # scale, hedgeType
        *("", "IB", False, False, ""),  # clearingAccount to algoStrategy
        False,  # solicited
        order.status,
        *(False, False, 0),  # randomizeSize, randomizePrice, conditions
        *(trail, "", ticket.cash_quantity, False, False),
        "",  # autoCancelDate
        order.filled,
        *(0, False, "", False, False),  # refFuturesConId to routeMarketableToBbo
        order.parent.perm_id if order.parent else 0,
        moment(order.ended_at, zone, version),
        order.why,
        *(("",) * 5 if version >= _PEGGED_FROM else ()),
    )


def order_status(order: SimOrder) -> tuple[Value, ...]:
    """Message 3."""
    last = order.executions[-1].price if order.executions else ZERO
    held = ""
    if order.waits:
        held = "child,trigger" if order.stop is not None else "child"
    elif order.stop is not None and not order.triggered:
        held = "trigger"
    return (
        3,
        order.order_id,
        order.status,
        order.filled,
        order.remaining,
        order.average,
        order.perm_id,
        order.ticket.parent_id,
        last,
        order.client_id,
        held,
        ZERO,  # mktCapPrice
    )


def execution(
    order: SimOrder, done: Execution, version: int, zone: str, request: int = -1
) -> tuple[Value, ...]:
    """Message 11; `request` is -1 where nobody asked."""
    return (
        11,
        request,
        order.order_id,
        *contract_fields(order.contract, done.exchange),
        done.exec_id,
        moment(done.at, zone, version),
        order.account,
        done.exchange,
        "BOT" if order.ticket.buys else "SLD",
        done.quantity,
        done.price,
        order.perm_id,
        order.client_id,
        0,  # liquidation
        done.cumulative,
        done.average,
        order.ticket.order_ref,
        *("", "", "", 2),  # evRule, evMultiplier, modelCode, lastLiquidity
    )


def commission_report(order: SimOrder, done: Execution) -> tuple[Value, ...]:
    """Message 59."""
    realized = UNSET_DOUBLE if done.realized is None else done.realized
    currency = order.contract.currency
    return (59, 1, done.exec_id, done.commission, currency, realized, UNSET_DOUBLE, "")
