"""Which account a symbol is meant for, and what the symbol is there."""

from dataclasses import dataclass

from floorbroker.domain.ids import UserId
from floorbroker.domain.instruments import Instrument, parse_symbol
from floorbroker.services.accounts import Accounts
from floorbroker.services.reachable import LinkedAccount, Reachable
from floorbroker.services.sessions import Sessions


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """An instrument as one account knows it."""

    account: LinkedAccount
    instrument: Instrument


async def choose(
    accounts: Accounts, sessions: Sessions, user_id: UserId, symbol: str, named: str | None
) -> Chosen:
    """The named account, else the person's default for that kind of instrument.

    Raises:
        InvalidInput: The text is no symbol.
        NotLinked: There is no account, or none of that name.
        BrokerError: The broker does not know the symbol, or does not answer.
    """
    symbol = parse_symbol(symbol)
    own = await accounts.reachable(user_id)
    return await choose_of(own, sessions, symbol, named)


async def choose_of(own: Reachable, sessions: Sessions, symbol: str, named: str | None) -> Chosen:
    """The same, of accounts that were read and a symbol that was parsed before.

    Raises:
        FloorbrokerError: As `choose`.
    """
    account = own.choose(named)
    async with sessions.lease(account.link) as adapter:
        instrument = await adapter.instrument(symbol)
    if named is None:
        preferred = own.choose(None, instrument.asset_class)
        if preferred.link.link_id != account.link.link_id:
            async with sessions.lease(preferred.link) as adapter:
                instrument = await adapter.instrument(symbol)
        account = preferred
    return Chosen(account=account, instrument=instrument)
