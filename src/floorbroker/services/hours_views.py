"""What a person sees of trading hours: now, the next change, and the holidays that come."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from floorbroker.brokers.spec import Capability
from floorbroker.domain.clock import Clock
from floorbroker.domain.errors import BrokerError, FloorbrokerError, NotLinked
from floorbroker.domain.ids import UserId
from floorbroker.domain.market import Market, MarketHours
from floorbroker.domain.trading_calendar import TradingCalendar
from floorbroker.services.accounts import Accounts
from floorbroker.services.reachable import LinkedAccount
from floorbroker.services.sessions import Sessions
from floorbroker.services.trading_hours import ALWAYS, MARKETS, TradingHours


@dataclass(frozen=True, slots=True, kw_only=True)
class MarketNow:
    """One market at this moment.

    Attributes:
        hours: None where nobody tells.
        source: Who says so, in words for people; empty where nobody needs to.
        by_broker: It is the account's own broker.
    """

    market: Market
    hours: MarketHours | None
    source: str = ""
    by_broker: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class HoursView:
    """The markets that a person asked about.

    Attributes:
        account: Whose broker was asked; None where there is none that answers.
        calendar: Of US shares, where that market is shown and the calendar is to be had.
        failures: Why the broker did not tell, a sentence each, and of which markets; of none where
            no account's broker could be asked.
    """

    account: LinkedAccount | None
    markets: Sequence[MarketNow]
    calendar: TradingCalendar | None
    failures: Mapping[str, Sequence[Market]] = field(default_factory=dict)


class HoursViews:
    """Asks the account's broker first; the calendar speaks where it does not."""

    def __init__(
        self, accounts: Accounts, sessions: Sessions, hours: TradingHours, clock: Clock
    ) -> None:
        """See the module's first line."""
        self._accounts = accounts
        self._sessions = sessions
        self._hours = hours
        self._clock = clock

    async def look(self, user_id: UserId, named: str | None, market: Market | None) -> HoursView:
        """One market, or every one that the account trades in; both without an account.

        Raises:
            NotLinked: There is no account of that name.
            FloorbrokerError: The named account's broker does not answer.
        """
        account, failure = await self._account(user_id, named)
        failures: dict[str, list[Market]] = {failure: []} if failure else {}
        wanted = _markets(account) if market is None else (market,)
        calendar = await self._hours.calendar() if Market.US_EQUITIES in wanted else None
        found = []
        for one in wanted:
            told = None
            if account is not None and one in _markets(account):
                told, failure = await self._told(account, one)
                if failure:
                    failures.setdefault(failure, []).append(one)
            found.append(told or self._otherwise(one, calendar))
        return HoursView(
            account=account,
            markets=found,
            calendar=calendar,
            failures=failures,
        )

    async def _account(
        self, user_id: UserId, named: str | None
    ) -> tuple[LinkedAccount | None, str]:
        try:
            return await self._accounts.choose(user_id, named), ""
        except NotLinked:
            if named is not None:
                raise
            return None, ""
        except FloorbrokerError as error:
            if named is not None:
                raise
            return None, error.message

    async def _told(self, account: LinkedAccount, market: Market) -> tuple[MarketNow | None, str]:
        """What the account's broker says, or why it does not."""
        if Capability.MARKET_HOURS not in account.spec.capabilities:
            return None, ""
        try:
            async with self._sessions.lease(account.link) as adapter:
                hours = await adapter.market_hours(market)
        except BrokerError as error:
            return None, error.message
        name = account.spec.name
        return MarketNow(market=market, hours=hours, source=name, by_broker=True), ""

    def _otherwise(self, market: Market, calendar: TradingCalendar | None) -> MarketNow:
        if market is Market.CRYPTO:
            return MarketNow(market=market, hours=ALWAYS)
        hours = None if calendar is None else calendar.hours(self._clock.now())
        source = "" if calendar is None or hours is None else calendar.source
        return MarketNow(market=market, hours=hours, source=source)


def _markets(account: LinkedAccount | None) -> Sequence[Market]:
    """Of what the account's broker trades; all where there is no account."""
    if account is None:
        return tuple(Market)
    traded = {MARKETS.get(kind) for kind in account.spec.asset_classes}
    return [market for market in Market if market in traded]
