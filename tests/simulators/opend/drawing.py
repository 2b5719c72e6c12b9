"""Orders, deals, positions and figures as `Trd_Common` messages."""

from decimal import Decimal
from typing import Any, Final

from tests.simulators.opend.accounts import ENVIRONMENTS, MARKETS, Account, Position
from tests.simulators.opend.funds import Funds
from tests.simulators.opend.instruments import Security
from tests.simulators.opend.market import Market
from tests.simulators.opend.orders import (
    SESSIONS,
    SIDES,
    STATUSES,
    TIMES,
    TRAILS,
    TYPES,
    Deal,
    Order,
)
from tests.simulators.opend.vendor import messages

US: Final = MARKETS["US"]
_US_SHARES: Final = 2
_DOLLARS: Final = 2
_SAFE: Final = 3
_LEVEL_1: Final = 1


def header(account: Account) -> Any:
    """`TrdHeader`."""
    return messages("Trd_Common").TrdHeader(
        trdEnv=ENVIRONMENTS[account.trd_env],
        accID=account.acc_id,
        trdMarket=MARKETS[account.markets[0]],
    )


def order(one: Order, market: Market) -> Any:
    """`Order`; numbers that an order does not have are left out."""
    drawn = messages("Trd_Common").Order(
        trdSide=SIDES[one.side],
        orderType=TYPES[one.type],
        orderStatus=STATUSES[one.status],
        orderID=one.order_id,
        orderIDEx=one.order_id_ex,
        code=one.security.bare,
        name=one.security.name,
        qty=float(one.qty),
        price=float(one.price),
        createTime=market.stamp(one.created_at),
        updateTime=market.stamp(one.updated_at),
        fillQty=float(one.dealt),
        fillAvgPrice=float(one.average),
        lastErrMsg=one.last_err_msg,
        secMarket=_US_SHARES,
        createTimestamp=one.created_at.timestamp(),
        updateTimestamp=one.updated_at.timestamp(),
        timeInForce=TIMES[one.time_in_force],
        fillOutsideRTH=one.fill_outside_rth,
        currency=_DOLLARS,
        trdMarket=US,
        session=SESSIONS[one.session],
    )
    if one.remark is not None:
        drawn.remark = one.remark
    if one.trail_type is not None:
        drawn.trailType = TRAILS[one.trail_type]
    for name, value in (
        ("auxPrice", one.aux_price),
        ("trailValue", one.trail_value),
        ("trailSpread", one.trail_spread),
    ):
        if value is not None:
            setattr(drawn, name, float(value))
    return drawn


def deal(one: Deal, market: Market) -> Any:
    """`OrderFill`."""
    return messages("Trd_Common").OrderFill(
        trdSide=SIDES[one.order.side],
        fillID=one.id,
        fillIDEx=str(one.id),
        orderID=one.order.order_id,
        orderIDEx=one.order.order_id_ex,
        code=one.order.security.bare,
        name=one.order.security.name,
        qty=float(one.quantity),
        price=float(one.price),
        createTime=market.stamp(one.at),
        secMarket=_US_SHARES,
        createTimestamp=one.at.timestamp(),
        updateTimestamp=one.at.timestamp(),
        status=0,
        trdMarket=US,
    )


def position(one: Position, security: Security, funds: Funds) -> Any:
    """`Position`; a paper account's has no average cost (`Trd_Common.proto`)."""
    price = funds.price(security.code)
    gain = (price - one.cost) * one.quantity * security.multiplier
    ratio = float((price - one.cost) / one.cost) if one.cost else 0.0
    drawn = messages("Trd_Common").Position(
        positionID=one.id,
        positionSide=0 if one.quantity > 0 else 1,
        code=security.bare,
        name=security.name,
        qty=float(one.quantity),
        canSellQty=float(funds.sellable(security.code)),
        price=float(price),
        costPrice=float(one.cost),
        val=float(funds.value(security.code, one)),
        plVal=float(gain),
        plRatio=ratio,
        secMarket=_US_SHARES,
        currency=_DOLLARS,
        trdMarket=US,
        dilutedCostPrice=float(one.cost),
        unrealizedPL=float(gain),
    )
    if not funds.account.is_paper:
        drawn.averageCostPrice = float(one.cost)
        drawn.averagePlRatio = ratio
    return drawn


def figures(funds: Funds) -> Any:
    """`Funds`, in US dollars."""
    account = funds.account
    drawn = messages("Trd_Common").Funds(
        power=float(funds.power),
        totalAssets=float(funds.total),
        cash=float(account.cash),
        marketVal=float(funds.long_value + funds.short_value),
        frozenCash=float(funds.frozen),
        debtCash=float(max(-account.cash, Decimal(0))),
        avlWithdrawalCash=float(funds.cash_power),
        currency=_DOLLARS,
        riskLevel=_SAFE,
        riskStatus=_LEVEL_1,
        netCashPower=float(funds.cash_power),
        longMv=float(funds.long_value),
        shortMv=float(funds.short_value),
        securitiesAssets=float(funds.total),
        fundAssets=0.0,
        bondAssets=0.0,
    )
    if account.acc_type == "MARGIN":
        drawn.maxPowerShort = float(funds.power)
    row = drawn.cashInfoList.add(currency=_DOLLARS, cash=float(account.cash))
    row.availableBalance = row.netCashPower = float(funds.cash_power)
    drawn.marketInfoList.add(trdMarket=US, assets=float(funds.total))
    return drawn
