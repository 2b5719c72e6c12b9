"""/options: the card of a chain, the parts that its buttons lead to, and the card of a contract."""

from datetime import date, datetime
from decimal import Decimal

from floorbroker.bot.replies.card import Card
from floorbroker.bot.replies.chain_cards import BOTH, NO_STRIKES, chain_card
from floorbroker.bot.replies.contract_cards import contract_card
from floorbroker.domain.errors import InvalidInput
from floorbroker.domain.instruments import OptionRight
from floorbroker.services.callers import Caller
from floorbroker.services.chain_parts import ChainRequest
from floorbroker.services.contract_text import contract_symbol
from floorbroker.services.floor import Floor

_OUT_OF_DATE = "That button is out of date. Send /options again."


class OptionCards:
    """Shows what the clicker's own accounts show."""

    def __init__(self, floor: Floor) -> None:
        """See the module's first line."""
        self._floor = floor

    async def chain(self, caller: Caller, asked: ChainRequest) -> Card:
        """A part of a chain."""
        answered = await self._floor.chains.chain(caller.user_id, asked)
        return chain_card(answered, self._floor.clock.now())

    async def contract(self, caller: Caller, text: str, account: str | None) -> Card:
        """One contract, however it was written."""
        symbol = contract_symbol(text)
        answered = await self._floor.chains.contract(caller.user_id, symbol, account)
        return contract_card(answered, self._floor.clock.now(), account)

    async def chain_step(self, caller: Caller, what: str) -> Card:
        """Another part: `<symbol>:<yymmdd>:<right>:<low-high>:<middle>:<account>`."""
        try:
            symbol, day, right, strikes, middle, account = what.split(":", 5)
            low, high = strikes_from("" if strikes == NO_STRIKES else strikes)
            asked = ChainRequest(
                symbol=symbol,
                expiry=datetime.strptime(day, "%y%m%d").date(),  # noqa: DTZ007  # a day
                right=None if right == BOTH else OptionRight(right),
                low=low,
                high=high,
                middle=None if middle == NO_STRIKES else _strike(middle),
                account=account or None,
            )
        except (ValueError, InvalidInput) as error:
            raise InvalidInput(_OUT_OF_DATE) from error
        return await self.chain(caller, asked)

    async def contract_step(self, caller: Caller, what: str) -> Card:
        """The same contract anew: `<symbol>:<account>`."""
        symbol, _, account = what.partition(":")
        return await self.contract(caller, symbol, account or None)


def strikes_from(text: str) -> tuple[Decimal | None, Decimal | None]:
    """`200-250`, or one strike alone; two Nones for nothing.

    Raises:
        InvalidInput: It is neither.
    """
    if not text.strip():
        return None, None
    first, dash, last = text.replace("–", "-").partition("-")
    low = _strike(first)
    return low, _strike(last) if dash else low


def day_from(text: str | None) -> date | None:
    """A day as the suggestions write it.

    Raises:
        InvalidInput: It is none.
    """
    if text is None:
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError as error:
        raise InvalidInput("Write the expiry like 2026-12-18, or choose one.") from error


def _strike(text: str) -> Decimal:
    digits = text.strip().removeprefix("$")
    if not digits.isascii() or not digits.replace(".", "", 1).isdigit() or len(digits) > 10:
        raise InvalidInput("Write strikes like 200-250, or one of them alone.")
    return Decimal(digits)
