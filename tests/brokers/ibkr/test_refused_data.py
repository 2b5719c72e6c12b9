"""What the gateway says when it has no data, in words that help."""

import pytest

from floorbroker.brokers.ibkr.refused_data import is_notice, no_bars, no_data, no_prices
from floorbroker.domain.errors import (
    ApiError,
    BrokerError,
    MarketClosed,
    NotSupported,
    RateLimited,
    SymbolNotFound,
)

LIVE, DELAYED = 1, 3


@pytest.mark.parametrize("code", [10167, 10090, 2152, 2119])
def test_data_still_comes_after_a_notice(code: int) -> None:
    assert is_notice(code)


@pytest.mark.parametrize(
    ("code", "kind", "says"),
    [
        (354, NotSupported, "no subscription"),
        (10089, NotSupported, "no subscription"),
        (10168, NotSupported, "no subscription"),
        (10197, NotSupported, "one session only"),
        (200, SymbolNotFound, "the words"),
        (101, RateLimited, "the words"),
        (309, RateLimited, "the words"),
        (10092, NotSupported, "No book"),
        (322, ApiError, "the words"),
    ],
)
def test_a_refusal_says_why_and_repeats_the_vendors_words(
    code: int, kind: type[BrokerError], says: str
) -> None:
    error = no_data(code, "the words", LIVE)

    assert not is_notice(code)
    assert type(error) is kind
    assert says in error.message
    assert "the words" in error.message


def test_delayed_prices_are_suggested_only_to_whoever_did_not_ask_for_them() -> None:
    assert "IB_MARKET_DATA_TYPE=3" in no_data(354, "", LIVE).message
    assert "IB_MARKET_DATA_TYPE" not in no_data(354, "", DELAYED).message


def test_silence_is_a_closed_market_and_a_remark_is_a_missing_right() -> None:
    assert type(no_prices("", LIVE)) is MarketClosed
    assert type(no_prices("Part of requested market data is not subscribed.", LIVE)) is NotSupported


@pytest.mark.parametrize(
    ("code", "words", "kind"),
    [
        (162, "HMDS query returned no data: AAPL@SMART Trades", None),
        (162, "Historical data request pacing violation", RateLimited),
        (162, "No market data permissions for ISLAND STK", NotSupported),
        (162, "API historical data query cancelled: 7", ApiError),
        (200, "No security definition", SymbolNotFound),
        (354, "not subscribed", NotSupported),
    ],
)
def test_the_error_of_the_past_is_told_apart_by_its_words(
    code: int, words: str, kind: type[BrokerError] | None
) -> None:
    error = no_bars(code, words, DELAYED)

    assert (None if error is None else type(error)) is kind
