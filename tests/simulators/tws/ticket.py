"""Reads a placeOrder message of server versions 157 to 176, field by field.

The order of the fields is `placeOrder` of ib_insync's client.py; ibapi 9.81's is the same at 157.
"""

from decimal import Decimal

from tests.simulators.tws.listing import Wanted
from tests.simulators.tws.orders import Ticket
from tests.simulators.tws.wire import Garbled, Reading

_CONDITION_FIELDS = {1: 6, 3: 3, 4: 3, 5: 4, 6: 5, 7: 5}
"""Fields of a condition after its type."""


def read_wanted(reading: Reading) -> Wanted:
    """The twelve fields of a contract."""
    return Wanted(
        con_id=reading.whole(),
        symbol=reading.word(),
        kind=reading.word(),
        expiry=reading.word(),
        strike=reading.number() or Decimal(0),
        right=reading.word().replace("?", ""),
        multiplier=reading.word(),
        exchange=reading.word(),
        primary=reading.word(),
        currency=reading.word(),
        local_symbol=reading.word(),
        trading_class=reading.word(),
    )


def read_ticket(reading: Reading, version: int) -> Ticket:
    """Everything after the order's id.

    Raises:
        Garbled: Fields are missing or left over.
    """
    wanted = read_wanted(reading)
    reading.skip(2)  # secIdType, secId
    first = {
        "action": reading.word(),
        "quantity": reading.number() or Decimal(0),
        "type": reading.word(),
        "limit_price": reading.number(),
        "aux_price": reading.number(),
        "tif": reading.word() or "DAY",
        "oca_group": reading.word(),
        "account": reading.word(),
        "open_close": reading.word(),
    }
    reading.skip()  # origin
    first |= {
        "order_ref": reading.word(),
        "transmit": reading.flag(),
        "parent_id": reading.whole(),
    }
    reading.skip(4)  # blockOrder, sweepToFill, displaySize, triggerMethod
    first["outside_rth"] = reading.flag()
    reading.skip()  # hidden
    if wanted.kind == "BAG":
        raise Garbled("combinations are not simulated")
    reading.skip(3)  # the old shares allocation, discretionaryAmt, goodAfterTime
    first["good_till"] = reading.word()
    reading.skip(8)  # faGroup to exemptCode
    first["oca_type"] = reading.whole()
    reading.skip(17)  # rule80A to volatilityType
    _skip_delta_neutral(reading)
    reading.skip(2)  # continuousUpdate, referencePriceType
    first |= {"trail_stop": reading.number(), "trailing_percent": reading.number()}
    _skip_scale_hedge_and_algo(reading)
    first["what_if"] = reading.flag()
    _skip_to_cash_quantity(reading, str(first["type"]))
    first["cash_quantity"] = reading.number()
    _skip_the_rest(reading, version)
    return Ticket(wanted=wanted, **first)  # type: ignore[arg-type] # fields by name


def _skip_delta_neutral(reading: Reading) -> None:
    kind = reading.word()
    reading.skip()  # deltaNeutralAuxPrice
    if kind:
        reading.skip(8)


def _skip_scale_hedge_and_algo(reading: Reading) -> None:
    reading.skip(2)  # scaleInitLevelSize, scaleSubsLevelSize
    if (reading.number() or 0) > 0:
        reading.skip(7)
    reading.skip(3)  # scaleTable, activeStartTime, activeStopTime
    if reading.word():  # hedgeType
        reading.skip()
    reading.skip(4)  # optOutSmartRouting to notHeld
    if reading.flag():  # a delta-neutral contract
        reading.skip(3)
    if reading.word():  # algoStrategy
        reading.skip(2 * reading.whole())
    reading.skip()  # algoId


def _skip_to_cash_quantity(reading: Reading, kind: str) -> None:
    reading.skip(4)  # orderMiscOptions, solicited, randomizeSize, randomizePrice
    if kind == "PEG BENCH":
        reading.skip(5)
    conditions = reading.whole()
    for _ in range(conditions):
        reading.skip(_CONDITION_FIELDS[reading.whole()])
    if conditions:
        reading.skip(2)
    reading.skip(10)  # adjustedOrderType to softDollarTier's value


def _skip_the_rest(reading: Reading, version: int) -> None:
    reading.skip(8)  # mifid2DecisionMaker to usePriceMgmtAlgo
    for since in (158, 160, 162, 166, 169):
        if version >= since:  # duration, postToAts, autoCancelParent, overrides, manual time
            reading.skip()
    if reading.left:
        raise Garbled(f"{reading.left} fields are left over")
