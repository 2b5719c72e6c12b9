"""What people type: only plain ASCII numbers and symbols pass (safety.md, Orders 10 and 11)."""

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Final

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from floorbroker.domain.errors import InvalidInput
from floorbroker.domain.instruments import parse_symbol
from floorbroker.domain.money import parse_amount, parse_price, parse_quantity

HOSTILE_NUMBERS: Final = (
    "", " ", "0", "0.0", "000", "-10", "+5", "-0", "１０", "1_000", "1e3", "1E3", "1e400000000",
    "NaN", "nan", "sNaN", "Infinity", "-Infinity", "inf", "10\n", "\n10", " 10", "10 ", "1 0",
    "1,000", "1,5", ".5", "5.", "1.2.3", "0x10", "10\x00", "\x0010", "1\u200b0", "\u202e01",
    "٣", "५", "Ⅷ", "²", "½", "1" * 13, "0." + "1" * 13, "9" * 10_000, "10%", "$10", "ten",
    "1;DROP TABLE orders", "../orders", "10?x=1", "<@123>", "`10`", "10\u2028", "10\r",
)  # fmt: skip
HOSTILE_SYMBOLS: Final = (
    "", " ", ".", "/", "-", "../orders", "..", "AAPL/../orders", "AAPL?x=1", "AAPL&x=1", "AAPL#x",
    "AAPL%2F", "A B", "AAPL\n", "\nAAPL", "AAPL\x00", "\x00", "AAPL\u202e", "\u202eLPAA",
    "ＡＡＰＬ", "ААРL", "ß", "AAPL\u200b", "A" * 22, "A" * 10_000, "AAPL//USD", "A/B/C", "A.B.C",
    "/AAPL", "AAPL/", ".AAPL", "AAPL.", "$AAPL", "@everyone", "<@1>", "`AAPL`", "A\\B", "A:B",
    "A'B", 'A"B', "A;B", "A\tB", "é", "ﬁ", "ſ", "\u212a",
)  # fmt: skip
Parse = Callable[[str], Decimal]


@pytest.mark.parametrize("text", HOSTILE_NUMBERS)
@pytest.mark.parametrize(
    ("parse", "words"),
    [(parse_quantity, "Invalid order quantity"), (parse_price, "Invalid price")],
)
def test_a_hostile_number_is_refused_with_the_words_for_it(
    parse: Parse, words: str, text: str
) -> None:
    with pytest.raises(InvalidInput, match=rf"^{words}") as refused:
        parse(text)

    advice = (
        "Write it like 100 or 0.5." if parse is parse_quantity else "Write it like 150 or 149.95."
    )
    assert refused.value.message in {f"{words}. {advice}", f"{words}. It must be above zero."}


@pytest.mark.parametrize("text", [t for t in HOSTILE_NUMBERS if t != "$10"] + ["$", "$$5", "5$"])
def test_a_hostile_amount_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match=r"^Invalid amount"):
        parse_amount(text)


@pytest.mark.parametrize(
    ("text", "number"),
    [("100", "100"), ("0.5", "0.5"), ("010", "10"), ("0.000000000001", "0.000000000001"),
     ("999999999999.999999999999", "999999999999.999999999999")],
)  # fmt: skip
def test_a_plain_number_is_taken_exactly(text: str, number: str) -> None:
    assert parse_quantity(text) == parse_price(text) == parse_amount(text) == Decimal(number)
    assert parse_amount(f"${text}") == Decimal(number)


def test_a_price_is_called_what_it_is() -> None:
    with pytest.raises(InvalidInput, match=r"^Invalid stop price\."):
        parse_price("x", "stop price")


@given(st.text())
@example("1" * 12)
def test_no_text_is_a_number_but_by_the_ascii_pattern(text: str) -> None:
    try:
        number = parse_quantity(text)
    except InvalidInput:
        return
    assert re.fullmatch(r"[0-9.]+", text, re.ASCII)
    assert number.is_finite()
    assert number > 0
    assert len(text) <= 25


@given(st.decimals(min_value="0.000001", max_value="999999999999", places=6))
def test_every_amount_that_the_bot_itself_would_write_can_be_read(number: Decimal) -> None:
    assert parse_quantity(f"{number:f}") == number


@pytest.mark.parametrize("text", HOSTILE_SYMBOLS)
def test_a_hostile_symbol_is_refused_and_never_repeated_as_it_came(text: str) -> None:
    with pytest.raises(InvalidInput, match=r"^Invalid symbol: ") as refused:
        parse_symbol(text)

    shown = refused.value.message.removeprefix("Invalid symbol: ").partition(". Write")[0]
    assert shown == "(unreadable)" or re.fullmatch(r"[A-Za-z0-9]{1,21}", shown, re.ASCII)


@pytest.mark.parametrize(
    ("text", "symbol"),
    [("aapl", "AAPL"), (" AAPL ", "AAPL"), ("brk.b", "BRK.B"), ("BTC/USD", "BTC/USD"),
     ("btc-usd", "BTC-USD"), ("7203", "7203"),
     ("AAPL260320C00200000", "AAPL260320C00200000")],
)  # fmt: skip
def test_a_plain_symbol_is_taken_in_capitals(text: str, symbol: str) -> None:
    assert parse_symbol(text) == symbol


@given(st.text(max_size=40) | st.text(alphabet="AZaz09./- ", max_size=30))
def test_whatever_passes_as_a_symbol_is_safe_in_a_url_path(text: str) -> None:
    try:
        symbol = parse_symbol(text)
    except InvalidInput:
        return
    assert re.fullmatch(r"[A-Z0-9./-]{1,26}", symbol, re.ASCII)
    assert ".." not in symbol
    assert "//" not in symbol
    assert not symbol.startswith(("/", ".", "-"))
