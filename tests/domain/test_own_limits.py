"""Three scopes and the tightest of them; what is looser waits, what is tighter does not."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from floorbroker.domain.errors import InvalidInput
from floorbroker.domain.own_limits import NAMES, OwnLimits, StandingLimits, tightest
from floorbroker.domain.risk import Limits, ProposedOrder, Scope, SymbolList, violations
from tests.domain.building import NOON

D = Decimal
DAY = timedelta(hours=24)
SYMBOLS = ("AAPL", "MSFT", "TSLA")

figures = st.integers(1, 9).map(lambda n: D(n * 10))
lists = st.frozensets(st.sampled_from(SYMBOLS))
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "max_order_value": figures,
    "max_position_value": figures,
    "max_orders_per_day": st.integers(1, 9),
    "max_daily_loss": figures,
    "max_concentration_percent": figures,
    "price_collar_percent": figures,
    "allowed_symbols": lists,
    "denied_symbols": lists,
    "only_in_market_hours": st.just(True),
}
own = st.fixed_dictionaries({}, optional=VALUES).map(lambda said: OwnLimits(**said))
operators = st.builds(
    Limits,
    max_order_value=figures,
    max_position_value=figures,
    max_orders_per_day=st.integers(1, 9),
    price_collar_percent=figures,
    max_daily_loss=st.none() | figures,
    max_concentration_percent=st.none() | figures,
    only_in_market_hours=st.booleans(),
    symbols=st.lists(
        st.builds(
            SymbolList, scope=st.just(Scope.OPERATOR), allowed=st.none() | lists, denied=lists
        ),
        max_size=1,
    ).map(tuple),
)
orders = st.builds(
    ProposedOrder,
    symbol=st.sampled_from(SYMBOLS),
    value=figures,
    position_value_after=figures,
    orders_today=st.integers(0, 9),
    closing=st.just(False),
    price_off_percent=figures,
    concentration_percent=st.none() | figures,
    at_market=st.booleans(),
    market_open=st.sampled_from([True, False, None]),
)


def alone(said: OwnLimits) -> Limits:
    """What one scope says, beneath an operator that allows everything."""
    boundless = Limits(
        max_order_value=D(10**9),
        max_position_value=D(10**9),
        max_orders_per_day=10**9,
        price_collar_percent=D(10**9),
    )
    return tightest(boundless, None, said)


@given(orders, operators, own, own)
def test_an_order_may_go_exactly_where_each_scope_alone_lets_it(
    order: ProposedOrder, operator: Limits, server: OwnLimits, person: OwnLimits
) -> None:
    each = (operator, alone(server), alone(person))

    together = violations(order, tightest(operator, server, person))

    assert bool(together) == any(violations(order, one) for one in each)


@given(operators, own, own)
def test_every_figure_is_the_smallest_and_named_after_a_scope_that_says_it(
    operator: Limits, server: OwnLimits, person: OwnLimits
) -> None:
    limits = tightest(operator, server, person)

    said = {Scope.OPERATOR: operator, Scope.SERVER: server, Scope.PERSON: person}
    for name in NAMES[:6]:
        figures = [getattr(one, name) for one in said.values()]
        known = [one for one in figures if one is not None]
        assert getattr(limits, name) == (min(known) if known else None)
        assert getattr(said[limits.scope(name)], name) == getattr(limits, name)


def test_lists_that_share_nothing_allow_nothing() -> None:
    operator = Limits(
        max_order_value=D(1),
        max_position_value=D(1),
        max_orders_per_day=1,
        price_collar_percent=D(1),
        symbols=(SymbolList(scope=Scope.OPERATOR, allowed=frozenset({"AAPL"})),),
    )

    limits = tightest(operator, None, OwnLimits(allowed_symbols=frozenset({"MSFT"})))

    assert limits.allowed_symbols == frozenset()
    assert not any(all(one.allows(symbol) for one in limits.symbols) for symbol in SYMBOLS)


def test_without_anything_of_their_own_the_operators_limits_are_the_limits() -> None:
    operator = Limits(
        max_order_value=D(1),
        max_position_value=D(1),
        max_orders_per_day=1,
        price_collar_percent=D(1),
    )

    assert tightest(operator, OwnLimits(), OwnLimits()) is operator


wishes = st.tuples(
    st.fixed_dictionaries({}, optional={n: st.none() | v for n, v in VALUES.items()}),
    st.integers(0, 40),
)


@given(st.lists(wishes, max_size=8), orders)
def test_nothing_that_was_refused_may_go_before_the_wait_is_over(
    history: list[tuple[dict[str, Any], int]], order: ProposedOrder
) -> None:
    """Whatever is asked, and however often: no wish makes anything looser within its wait."""
    standing, now = StandingLimits(), NOON
    for wanted, hours in history:
        now += timedelta(hours=hours)
        before, asked = standing, now
        standing = standing.changed(wanted, now, DAY)
        for later in (timedelta(0), DAY - timedelta(seconds=1)):
            moment = asked + later
            if violations(order, alone(before.at(moment))):
                assert violations(order, alone(standing.at(moment)))


@given(own, st.sampled_from(NAMES), st.data())
def test_what_was_asked_for_holds_once_the_wait_is_over(
    said: OwnLimits, name: str, data: st.DataObject
) -> None:
    wanted = data.draw(st.none() | VALUES[name])

    standing = StandingLimits(now=said).changed({name: wanted}, NOON, DAY)

    assert getattr(standing.at(NOON + DAY), name) == wanted
    others = set(NAMES) - {name}
    assert {n: getattr(standing.at(NOON + DAY), n) for n in others} == {
        n: getattr(said, n) for n in others
    }


def set_to(*values: int | None, hours: int = 0) -> StandingLimits:
    """Values of one limit, asked for so many hours after each other."""
    standing, now = StandingLimits(), NOON
    for value in values:
        wanted = {"max_order_value": None if value is None else D(value)}
        standing = standing.changed(wanted, now, DAY)
        now += timedelta(hours=hours)
    return standing


def value_at(standing: StandingLimits, hours: float) -> Decimal | None:
    return standing.at(NOON + timedelta(hours=hours)).max_order_value


def test_a_first_limit_and_a_tighter_one_hold_at_once() -> None:
    assert value_at(set_to(100), 0) == 100
    assert value_at(set_to(100, 50), 0) == 50
    assert set_to(100, 50).waiting(NOON) == {}


def test_a_looser_one_and_none_at_all_wait() -> None:
    for looser in (200, None):
        standing = set_to(100, looser)
        assert value_at(standing, 23.9) == 100
        assert value_at(standing, 24) == looser


def test_a_tighter_one_ends_the_wait_for_a_looser_one() -> None:
    standing = set_to(100, 500, 90, hours=1)

    assert value_at(standing, 100) == 90


def test_asking_for_the_same_or_for_less_again_does_not_wait_anew() -> None:
    assert value_at(set_to(100, 500, 500, hours=10), 34) == 500
    assert value_at(set_to(100, 500, 300, hours=10), 34) == 300
    assert value_at(set_to(100, None, 300, hours=10), 34) == 300


def test_asking_for_more_does_not_take_the_place_of_what_was_asked_earlier() -> None:
    standing = set_to(100, 200, 1_000_000, hours=10)

    assert value_at(standing, 34) == 100
    assert value_at(standing, 43.9) == 100
    assert value_at(standing, 44) == 1_000_000


def test_what_came_meanwhile_is_what_the_next_change_begins_with() -> None:
    standing = set_to(100, 500, 400, hours=25)

    assert value_at(standing, 50) == 400
    assert standing.since == {}


def test_another_list_holds_both_until_the_wait_is_over() -> None:
    first = StandingLimits().changed({"allowed_symbols": frozenset({"AAPL"})}, NOON, DAY)

    standing = first.changed({"allowed_symbols": frozenset({"MSFT"})}, NOON, DAY)

    assert standing.at(NOON).allowed_symbols == frozenset()
    assert standing.at(NOON + DAY).allowed_symbols == frozenset({"MSFT"})


@pytest.mark.parametrize(
    "wanted",
    [
        {"max_order_value": D(0)},
        {"max_daily_loss": D(-1)},
        {"max_orders_per_day": 0},
        {"price_collar_percent": D(100)},
        {"denied_symbols": frozenset(map(str, range(101)))},
    ],
)
def test_what_no_limit_can_be_is_refused(wanted: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput):
        StandingLimits().changed(wanted, NOON, DAY)


def test_without_a_wait_everything_holds_at_once() -> None:
    standing = set_to(100).changed({"max_order_value": None}, NOON, timedelta(0))

    assert standing.at(NOON).max_order_value is None
