"""What a person can choose from: accounts, the links behind them, and those that do not answer."""

from collections.abc import Sequence
from dataclasses import dataclass

from floorbroker.brokers.registry import get_broker
from floorbroker.brokers.spec import BrokerSpec
from floorbroker.domain.errors import FloorbrokerError, NotLinked
from floorbroker.domain.instruments import AssetClass
from floorbroker.domain.people import ANY, AccountKey, Link, Person
from floorbroker.domain.portfolio import BrokerAccount


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkedAccount:
    """One account of a person, and the link that reaches it."""

    link: Link
    account: BrokerAccount

    @property
    def spec(self) -> BrokerSpec:
        """The broker's manifest."""
        return get_broker(self.link.broker)

    @property
    def excluded(self) -> bool:
        """Whether the person keeps it out of every command."""
        return self.account.account_id in self.link.excluded

    @property
    def key(self) -> AccountKey:
        """What names it in the store."""
        return AccountKey(link_id=self.link.link_id, account_id=self.account.account_id)

    @property
    def value(self) -> str:
        """What a command option carries: no secret, and useless to anybody else."""
        return f"{self.link.link_id}/{self.account.account_id}"

    @property
    def title(self) -> str:
        """The person's label and the shortened number."""
        return f"{self.link.label} …{self.account.number[-4:]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class UnreachableLink:
    """A link whose accounts could not be read, and why.

    Attributes:
        account: The one of its accounts that could not be read; None: all of them.
    """

    link: Link
    error: FloorbrokerError
    account: LinkedAccount | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reachable:
    """What a person can choose from at this moment."""

    accounts: Sequence[LinkedAccount]
    failed: Sequence[UnreachableLink]
    person: Person

    def choose(self, named: str | None, asset_class: AssetClass | None = None) -> LinkedAccount:
        """The named account, else the default for this kind of instrument, else the oldest.

        Raises:
            NotLinked: There is none, or none of that name.
            FloorbrokerError: The one link that it could be does not answer.
        """
        if named:
            return self._named(named.strip().casefold())
        if not self.accounts:
            if self.failed:
                raise self.failed[0].error
            raise NotLinked
        chosen = self.person.defaults.get(ANY)
        if asset_class is not None:
            chosen = self.person.default_for(asset_class)
        for failed in self.failed:
            if chosen is not None and chosen.link_id == failed.link.link_id:
                raise failed.error  # never another account in its place
        return next((one for one in self.accounts if one.key == chosen), self.accounts[0])

    def _named(self, wanted: str) -> LinkedAccount:
        for account in self.accounts:
            if wanted in {account.value.casefold(), account.title.casefold()}:
                return account
        by_label = [one for one in self.accounts if one.link.label.casefold() == wanted]
        if len(by_label) == 1:
            return by_label[0]
        for one in self.failed:
            if wanted.startswith((one.link.label.casefold(), one.link.link_id.casefold())):
                raise one.error
        raise NotLinked("You have no account of that name. /setup accounts lists yours.")
