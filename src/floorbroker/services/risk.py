"""The risk view: what is at stake in everything that a person holds, practice and real apart.

What a broker does not tell is named; nothing is filled in with a zero.
"""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Final

from floorbroker.brokers.spec import Capability
from floorbroker.domain.clock import Clock
from floorbroker.domain.errors import FloorbrokerError
from floorbroker.domain.exposure import (
    FEWEST_DAYS,
    Exposure,
    Stake,
    ValueAtRisk,
    by_symbol,
    exposure,
    value_at_risk,
)
from floorbroker.domain.ids import UserId
from floorbroker.domain.market import Timeframe
from floorbroker.domain.modes import Environment
from floorbroker.domain.money import DOLLARS
from floorbroker.domain.portfolio import Position
from floorbroker.domain.risk import DayLoss
from floorbroker.services.day_loss import DayLosses
from floorbroker.services.portfolio import Holdings, Overview, Portfolio
from floorbroker.services.sessions import Sessions

AT_ONCE: Final = 4
MOST_ASKED: Final = 30
"""Holdings whose daily prices are asked for: the largest ones."""

BACK: Final = timedelta(days=100)
"""Calendar days that hold sixty of the exchange's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """The figures of one environment, in US dollars.

    Attributes:
        at_risk: None where too few holdings or days have daily prices.
        unpriced: Holdings without a price: they count in no figure.
        without_bars: Holdings with a price that the value at risk leaves out.
        foreign: Accounts and holdings in other currencies: they count in no figure.
        margin_used: The sum over the accounts that tell it; None where none does.
        margin_untold: Accounts that do not.
    """

    environment: Environment
    exposure: Exposure
    at_risk: ValueAtRisk | None
    unpriced: tuple[str, ...] = ()
    without_bars: tuple[str, ...] = ()
    foreign: tuple[str, ...] = ()
    margin_used: Decimal | None = None
    margin_untold: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskView:
    """Everything at stake.

    Attributes:
        overview: The accounts that answered, and the links that did not.
        losses: Of the day, beside the account's title.
    """

    overview: Overview
    parts: tuple[Part, ...]
    losses: tuple[tuple[str, DayLoss], ...]


class RiskViews:
    """Reads only; one holding without prices leaves the others their figures."""

    def __init__(
        self, portfolio: Portfolio, sessions: Sessions, day_losses: DayLosses, clock: Clock
    ) -> None:
        """See the module's first line."""
        self._portfolio = portfolio
        self._sessions = sessions
        self._day_losses = day_losses
        self._clock = clock

    async def view(self, user_id: UserId, *, loss_limited: bool) -> RiskView:
        """The person's own holdings.

        Args:
            loss_limited: Whether a limit asks for the day's loss: then it is found out for every
                account; otherwise only brokers that tell it are quoted.

        Raises:
            NotLinked: There is no account at all.
        """
        overview = await self._portfolio.overview(user_id)
        parts = []
        for environment in Environment:
            held = [one for one in overview.holdings if one.account.link.environment is environment]
            if held:
                parts.append(await self._part(environment, held))
        losses = []
        for one in overview.holdings:
            if loss_limited or one.balances.day_profit is not None:
                loss = await self._day_losses.of(user_id, one.account.key, one.balances)
                losses.append((one.account.title, loss))
        return RiskView(overview=overview, parts=tuple(parts), losses=tuple(losses))

    async def _part(self, environment: Environment, held: Sequence[Holdings]) -> Part:
        counted = [one for one in held if one.balances.equity.currency in DOLLARS]
        foreign = [one.account.title for one in held if one not in counted]
        stakes: list[Stake] = []
        unpriced: list[str] = []
        priced: dict[str, tuple[Holdings, Position]] = {}
        for one in counted:
            for position in one.positions:
                symbol = position.instrument.symbol
                if position.instrument.currency not in DOLLARS:
                    foreign.append(symbol)
                elif position.market_value is None:
                    unpriced.append(symbol)
                else:
                    stakes.append(
                        Stake(symbol=symbol, value=position.market_value, profit=position.profit)
                    )
                    priced.setdefault(symbol, (one, position))
        equity = sum((one.balances.equity.amount for one in counted), Decimal(0))
        closes = await self._closes(by_symbol(stakes), priced)
        values = {s: value for s, value in by_symbol(stakes).items() if s in closes}
        part = Part(
            environment=environment,
            exposure=exposure(stakes, equity),
            at_risk=value_at_risk(values, closes),
            unpriced=_names(unpriced),
            without_bars=_names(symbol for symbol in priced if symbol not in closes),
            foreign=_names(foreign),
        )
        told = [one.balances.margin_used for one in counted]
        known = [one.amount for one in told if one is not None and one.currency in DOLLARS]
        return replace(
            part,
            margin_used=sum(known, Decimal(0)) if known else None,
            margin_untold=tuple(
                one.account.title for one in counted if one.balances.margin_used is None
            ),
        )

    async def _closes(
        self, values: Mapping[str, Decimal], priced: Mapping[str, tuple[Holdings, Position]]
    ) -> dict[str, dict[date, Decimal]]:
        """The daily closing prices of those that have enough of them."""
        largest = sorted(priced, key=lambda symbol: abs(values[symbol]), reverse=True)
        door = asyncio.Semaphore(AT_ONCE)

        async def ask(symbol: str) -> dict[date, Decimal]:
            async with door:
                return await self._closes_of(*priced[symbol])

        asked = largest[:MOST_ASKED]
        answers = await asyncio.gather(*map(ask, asked))
        return {
            symbol: closes
            for symbol, closes in zip(asked, answers, strict=True)
            if len(closes) > FEWEST_DAYS
        }

    async def _closes_of(self, held: Holdings, position: Position) -> dict[date, Decimal]:
        if Capability.BARS not in held.account.spec.capabilities:
            return {}
        today = self._today()
        try:
            async with self._sessions.lease(held.account.link) as adapter:
                bars = await adapter.bars(position.instrument, Timeframe.DAY, today - BACK, today)
        except FloorbrokerError:
            return {}
        return {bar.at.date(): bar.close for bar in bars if bar.close > 0}

    def _today(self) -> datetime:
        """Midnight: the running day has no close yet."""
        now = self._clock.now()
        return datetime.combine(now.date(), time(), now.tzinfo)


def _names(symbols: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(symbols)))
