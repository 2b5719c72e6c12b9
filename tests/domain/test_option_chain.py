"""Strikes of a chain, and the one next to a price."""

from datetime import date
from decimal import Decimal

from floorbroker.domain.instruments import AssetClass, Instrument, OptionRight
from floorbroker.domain.option_chain import Strike, nearest, strikes_of

CALL, PUT = OptionRight.CALL, OptionRight.PUT


def contract(strike: str, right: OptionRight = CALL, root: str = "SPX") -> Instrument:
    """Of one day."""
    thousandths = int(Decimal(strike) * 1000)
    return Instrument(
        symbol=f"{root}261218{right.value[0].upper()}{thousandths:08d}",
        asset_class=AssetClass.OPTION,
        multiplier=Decimal(100),
        underlying="SPX",
        expiry=date(2026, 12, 18),
        strike=Decimal(strike),
        right=right,
    )


def test_calls_and_puts_of_a_strike_stand_together_lowest_first() -> None:
    chain = [contract("200"), contract("190", PUT), contract("200", PUT)]

    lowest, highest = strikes_of(chain)

    assert (lowest.price, lowest.call, lowest.put) == (Decimal(190), None, chain[1])
    assert highest.contracts == (chain[0], chain[2])


def test_one_side_alone_leaves_out_the_other_and_strikes_that_lack_it() -> None:
    chain = [contract("200"), contract("190", PUT), contract("200", PUT)]

    assert strikes_of(chain, CALL) == [Strike(price=Decimal(200), call=chain[0])]


def test_of_two_classes_with_the_same_terms_the_plain_one_counts() -> None:
    weekly, plain = contract("200", root="SPXW"), contract("200")

    assert strikes_of([weekly, plain])[0].call == plain


def test_the_nearest_strike_is_found_and_none_is_the_first_place() -> None:
    strikes = strikes_of([contract(one) for one in ("190", "200", "210")])

    assert [nearest(strikes, Decimal(price)) for price in ("1", "204", "206", "999")] == [
        0,
        1,
        2,
        2,
    ]
    assert nearest([], Decimal(5)) == 0
