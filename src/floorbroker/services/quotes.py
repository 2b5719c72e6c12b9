"""What an instrument costs now, as the person's own broker says it."""

from dataclasses import dataclass

from floorbroker.brokers.port import BrokerAdapter
from floorbroker.brokers.spec import BrokerSpec, Capability
from floorbroker.domain.errors import BrokerError, NotSupported
from floorbroker.domain.ids import UserId
from floorbroker.domain.instruments import AssetClass, Instrument
from floorbroker.domain.market import Depth, Greeks, Quote
from floorbroker.services.accounts import Accounts
from floorbroker.services.chosen import choose
from floorbroker.services.reachable import LinkedAccount
from floorbroker.services.sessions import Sessions


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """One look at the market.

    Attributes:
        greeks: Of an option, where the broker has them.
        depth: Where it was asked for.
    """

    account: LinkedAccount
    instrument: Instrument
    quote: Quote
    greeks: Greeks | None = None
    depth: Depth | None = None


class Quotes:
    """Asks the account's own broker, which is where an order would go."""

    def __init__(self, accounts: Accounts, sessions: Sessions) -> None:
        """See the module's first line."""
        self._accounts = accounts
        self._sessions = sessions

    async def look(
        self, user_id: UserId, symbol: str, named: str | None, *, depth: bool = False
    ) -> Looked:
        """The quote, and the book if `depth` asks for it.

        Raises:
            NotSupported: The broker shows no quotes, or no book.
            FloorbrokerError: No account, no such symbol, or no answer.
        """
        chosen = await choose(self._accounts, self._sessions, user_id, symbol, named)
        spec, instrument = chosen.account.spec, chosen.instrument
        _check(spec, Capability.QUOTES, "quotes")
        if depth:
            _check(spec, Capability.DEPTH, "the order book")
        async with self._sessions.lease(chosen.account.link) as adapter:
            return Looked(
                account=chosen.account,
                instrument=instrument,
                quote=await adapter.quote(instrument),
                greeks=await _greeks(adapter, spec, instrument),
                depth=await adapter.depth(instrument) if depth else None,
            )


def _check(spec: BrokerSpec, capability: Capability, what: str) -> None:
    if capability not in spec.capabilities:
        raise NotSupported(f"{spec.name} does not show {what}.", broker=spec.id)


async def _greeks(
    adapter: BrokerAdapter, spec: BrokerSpec, instrument: Instrument
) -> Greeks | None:
    """A quote without them is still a quote."""
    if instrument.asset_class is not AssetClass.OPTION:
        return None
    if Capability.GREEKS not in spec.capabilities:
        return None
    try:
        return await adapter.greeks(instrument)
    except BrokerError:
        return None
