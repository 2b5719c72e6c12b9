"""The symbol of an option tells its terms, and its terms make the symbol."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from floorbroker.brokers.shared.option_symbols import contract_of, symbol_of
from floorbroker.domain.instruments import OptionRight

CHRISTMAS = date(2026, 12, 25)


@pytest.mark.parametrize(
    "symbol",
    [
        "AAPL",
        "AAPL261318C00200000",
        "AAPL261218X00200000",
        "AAPL261218C00000000",
        "AAPL  261218C00200000",
        "TOOLONG261218C00200000",
        "aapl261218C00200000",
        "AAPL261218C00200000\n",
        "AAPL٢٦1218C00200000",
    ],
)
def test_what_is_no_contract_is_none(symbol: str) -> None:
    assert contract_of(symbol) is None


@given(
    root=st.from_regex(r"[A-Z0-9]{1,6}", fullmatch=True),
    expiry=st.dates(min_value=date(2000, 1, 1), max_value=date(2099, 12, 31)),
    right=st.sampled_from(OptionRight),
    thousandths=st.integers(min_value=1, max_value=10**8 - 1),
)
def test_terms_go_into_a_symbol_and_come_back(
    root: str, expiry: date, right: OptionRight, thousandths: int
) -> None:
    strike = Decimal(thousandths) / 1000

    made = contract_of(symbol_of(root, expiry, right, strike))

    assert made is not None
    assert (made.underlying, made.expiry, made.right) == (root, expiry, right)
    assert made.strike == strike


def test_a_contract_is_told_by_what_the_broker_knows_of_it_else_by_its_terms() -> None:
    plain = contract_of("SPXW261225P05000500")
    told = contract_of("SPXW261225P05000500", name="S&P", underlying="SPX", multiplier=Decimal(10))

    assert plain is not None
    assert told is not None
    assert plain.name == "SPXW 25 Dec 2026 5000.5 put"
    assert (plain.underlying, plain.multiplier) == ("SPXW", 100)
    assert (told.name, told.underlying, told.multiplier) == ("S&P", "SPX", 10)


@pytest.mark.parametrize("strike", ["0", "-1", "100000", "240.0001"])
def test_a_strike_that_no_symbol_can_hold_is_an_error(strike: str) -> None:
    with pytest.raises(ValueError, match="strike"):
        symbol_of("AAPL", CHRISTMAS, OptionRight.CALL, Decimal(strike))
