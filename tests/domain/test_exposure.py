"""What is at stake, against figures that were worked out by hand."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from floorbroker.domain.exposure import Stake, exposure, value_at_risk

D = Decimal
DAYS = [date(2026, 1, 1) + timedelta(days=number) for number in range(100)]


def closing(*prices: str | int | Decimal, first: int = 0) -> dict[date, Decimal]:
    """Closing prices on days that follow each other."""
    return {day: D(price) for day, price in zip(DAYS[first:], prices, strict=False)}


def zigzag(percent: str, days: int, first: int = 0) -> dict[date, Decimal]:
    """Prices that go up and down by as much, turn by turn: returns of ±percent, about."""
    step, price, prices = D(percent) / 100, D(100), [D(100)]
    for number in range(days):
        price *= 1 + (step if number % 2 == 0 else -step)
        prices.append(price)
    return closing(*prices, first=first)


def test_long_and_short_add_up_gross_and_cancel_out_net() -> None:
    stakes = [
        Stake(symbol="AAPL", value=D(6_000), profit=D(100)),
        Stake(symbol="TSLA", value=D(-3_000), profit=D(-250)),
        Stake(symbol="KO", value=D(1_000), profit=None),
    ]

    told = exposure(stakes, D(5_000))

    assert (told.gross, told.net) == (10_000, 4_000)
    assert told.leverage == 2
    assert told.largest == ("AAPL", D(6_000), D(120))
    assert told.worst == ("TSLA", D(-250))


def test_one_symbol_in_two_accounts_is_one_holding() -> None:
    stakes = [
        Stake(symbol="KO", value=D(500), profit=D(-30)),
        Stake(symbol="AAPL", value=D(900), profit=D(-40)),
        Stake(symbol="KO", value=D(600), profit=D(-20)),
    ]

    told = exposure(stakes, D(2_000))

    assert told.largest == ("KO", D(1_100), D(55))
    assert told.worst == ("KO", D(-50))


def test_without_losses_none_is_the_largest() -> None:
    assert exposure([Stake(symbol="KO", value=D(1), profit=D(0))], D(1)).worst is None


@pytest.mark.parametrize("equity", ["0", "-10"])
def test_without_equity_there_is_no_leverage(equity: str) -> None:
    told = exposure([Stake(symbol="KO", value=D(100))], D(equity))

    assert told.leverage is None
    assert told.largest == ("KO", D(100), None)


def test_nothing_held_is_nothing_at_stake() -> None:
    told = exposure([], D(1_000))

    assert (told.gross, told.net, told.leverage) == (0, 0, 0)
    assert (told.largest, told.worst) == (None, None)


def test_returns_of_one_percent_up_and_down_have_a_known_deviation() -> None:
    # 20 returns, ten of +1 % and ten of −1 %: mean 0, sum of squares 20 × (1,000 × 0.01)² = 2,000,
    # over 19 is 105.263…, whose root is 10.2598; times 1.645 is 16.877.
    told = value_at_risk({"AAPL": D(1_000)}, {"AAPL": zigzag("1", 20)})

    assert told is not None
    assert told.days == 20
    assert round(told.amount, 3) == D("16.877")


def test_what_moves_against_each_other_cancels_out() -> None:
    closes = {"AAPL": zigzag("1", 20), "MSFT": zigzag("1", 20)}

    told = value_at_risk({"AAPL": D(1_000), "MSFT": D(-1_000)}, closes)

    assert told is not None
    assert told.amount == 0


def test_a_short_holding_is_as_much_at_risk_as_a_long_one() -> None:
    closes = {"AAPL": zigzag("2", 30)}

    assert value_at_risk({"AAPL": D(-500)}, closes) == value_at_risk({"AAPL": D(500)}, closes)


def test_only_days_that_all_of_them_traded_on_count() -> None:
    closes = {"AAPL": zigzag("1", 40), "BTC/USD": zigzag("1", 60, first=10)}

    told = value_at_risk({"AAPL": D(1), "BTC/USD": D(1)}, closes)

    assert told is not None
    assert told.days == 30


def test_the_last_sixty_returns_count() -> None:
    calm = zigzag("0", 30)
    wild = zigzag("5", 60, first=30)

    told = value_at_risk({"AAPL": D(100)}, {"AAPL": {**calm, **wild}})
    alone = value_at_risk({"AAPL": D(100)}, {"AAPL": wild})

    assert told == alone
    assert told is not None
    assert told.days == 60


@pytest.mark.parametrize("days", [0, 19])
def test_too_few_days_give_no_figure_and_no_zero(days: int) -> None:
    assert value_at_risk({"AAPL": D(100)}, {"AAPL": zigzag("1", days)}) is None


def test_nothing_with_prices_gives_no_figure() -> None:
    assert value_at_risk({}, {}) is None
