"""People, their links and their choices; servers and their rules."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from floorbroker.domain.digests import DigestChoice, DigestTime
from floorbroker.domain.error_codes import ErrorCode
from floorbroker.domain.ids import AccountId, BrokerId, LinkId, UserId
from floorbroker.domain.instruments import AssetClass
from floorbroker.domain.modes import Environment
from floorbroker.domain.news import USUAL, NewsKind, NewsLevel
from floorbroker.domain.own_limits import StandingLimits
from floorbroker.domain.quiet_hours import QuietHours


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountKey:
    """One account among all of one person's."""

    link_id: LinkId
    account_id: AccountId


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaving:
    """A person's data is going to be erased; until then nothing opens a position for them.

    Attributes:
        asked_at: Since when.
        deauthorised: They took the app away at Discord; otherwise they asked.
        erase_at: The erasing is looked after from then on; a process at work puts it off.
        begun: It is under way, and nothing brings the data back.
    """

    asked_at: datetime
    erase_at: datetime
    deauthorised: bool = False
    begun: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One person's choices.

    Attributes:
        version: Counts every stored change.
        live: The person's own opt-in to live trading.
        paused: The person's own kill switch: no order that opens a position.
        always_private: Results never reach a channel, whatever the server's policy says.
        notify: Whether later news of orders and summaries come by DM; if not, only what is
            critical does.
        levels: How loudly each kind of it comes, where the person has said so.
        defaults: Which account an order goes to, by asset class; `any` for the rest.
        accepted_terms: The version of the terms and risk text that the person accepted; 0: none.
        accepted_at: When they did.
        leaving: Everything kept on them is going to be erased; None: it is not.
        limits: Those that the person set for themselves.
        suspended: The bot's operators paused this person: no order that opens a position.
        digest: When a summary of their day comes.
        quiet: When the person's own alerts wait with their messages; None: never.
    """

    user_id: UserId
    version: int = 0
    live: bool = False
    paused: bool = False
    always_private: bool = False
    notify: bool = True
    defaults: Mapping[str, AccountKey] = field(default_factory=dict)
    accepted_terms: int = 0
    accepted_at: datetime | None = None
    leaving: Leaving | None = None
    limits: StandingLimits = field(default_factory=StandingLimits)
    suspended: bool = False
    levels: Mapping[str, NewsLevel] = field(default_factory=dict)
    digest: DigestChoice = field(default_factory=DigestChoice)
    quiet: QuietHours | None = None

    def level(self, kind: NewsKind) -> NewsLevel:
        """How loudly this kind of news is told."""
        if kind is NewsKind.CRITICAL:
            return NewsLevel.ON
        return self.levels.get(kind.value, USUAL[kind]) if self.notify else NewsLevel.OFF

    def with_level(self, kind: NewsKind, level: NewsLevel) -> "Person":
        """The person with one kind set; who had all of it off keeps the rest off."""
        levels = dict(self.levels) if self.notify else dict.fromkeys(USUAL, NewsLevel.OFF)
        known = {str(name): known for name, known in levels.items()}
        return replace(self, notify=True, levels={**known, kind.value: level})

    @property
    def summary(self) -> DigestChoice:
        """When a summary comes: with all news off there is none."""
        return self.digest if self.notify else DigestChoice()

    def with_digest(self, choice: DigestChoice) -> "Person":
        """The person with that choice; who had all news off keeps the rest off."""
        if self.notify or choice.at is DigestTime.OFF:
            return replace(self, digest=choice)
        levels = {kind.value: NewsLevel.OFF for kind in USUAL}
        return replace(self, notify=True, levels=levels, digest=choice)

    def default_for(self, asset_class: AssetClass) -> AccountKey | None:
        """The account that the person chose for this kind of instrument."""
        return self.defaults.get(asset_class.value) or self.defaults.get(ANY)


ANY = "any"
"""The key of the default account for every asset class without one of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One credential of one person at one broker; the credential itself is sealed.

    Attributes:
        label: The person's own name for it.
        linked_at: When the present credential was stored; a lease of an older one is not used.
        sealed: The sealed credential; empty for the paper broker, which needs none.
        sealed_by: The id of the master key that sealed it; empty where nothing is sealed.
        renew_at: From then on the access is renewed before it is used; None: it needs no renewal.
        renewing_until: Until then one process, somewhere, is renewing it.
        ends_at: Then the person has to link again; None: never.
        remind_at: When the person is told next that it ends; None: no more.
        known_accounts: What the credential reached when it was stored; a new one must fit.
        excluded: Accounts that the person keeps out of every command.
        dead_since: Since when the broker refuses the credential; None while it works.
        dead_code: In what way it refused it.
        removed: The person removed it; kept so that its orders stay readable.
    """

    link_id: LinkId
    version: int = 0
    user_id: UserId
    broker: BrokerId
    environment: Environment
    label: str
    created_at: datetime
    linked_at: datetime | None = None
    sealed: str = ""
    sealed_by: str = ""
    renew_at: datetime | None = None
    renewing_until: datetime | None = None
    ends_at: datetime | None = None
    remind_at: datetime | None = None
    known_accounts: frozenset[AccountId] = frozenset()
    excluded: frozenset[AccountId] = frozenset()
    dead_since: datetime | None = None
    dead_code: ErrorCode | None = None
    removed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerPolicy:
    """What a server's managers allow in it. Without one, nothing live and nothing public.

    Attributes:
        public_results: A redacted result is posted to the channel by itself.
        paused: No order that opens a position may be given in it.
        limits: Caps on each order that is given in it.
        brokers: Where orders that open a position may go; empty: to all.
        roles: Who may open positions: whoever has one of them; empty: everybody.
        channels: Where such orders may be given, threads in them included; empty: everywhere.
        suspended: The same, by the bot's operators; the managers cannot lift it.
    """

    guild_id: str
    version: int = 0
    live: bool = False
    public_results: bool = False
    paused: bool = False
    limits: StandingLimits = field(default_factory=StandingLimits)
    brokers: frozenset[BrokerId] = frozenset()
    roles: frozenset[str] = frozenset()
    channels: frozenset[str] = frozenset()
    suspended: bool = False
