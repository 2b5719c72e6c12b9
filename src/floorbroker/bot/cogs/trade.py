"""/buy, /sell, /close: a review card each; nothing is sent here."""

import discord
from discord import app_commands
from discord.app_commands import Choice
from discord.ext import commands

from floorbroker.bot.cogs import options
from floorbroker.bot.front import Front
from floorbroker.bot.replies.card import Card
from floorbroker.domain.orders import OrderType, Side, TimeInForce
from floorbroker.services.callers import Caller
from floorbroker.services.ticket import Ticket

_TYPES = [
    Choice(name="market", value="market"),
    Choice(name="limit", value="limit"),
    Choice(name="stop", value="stop"),
    Choice(name="stop-limit", value="stop_limit"),
    Choice(name="trailing stop", value="trailing_stop"),
]
_TIMES = [
    Choice(name="today only", value="day"),
    Choice(name="good til canceled", value="gtc"),
    Choice(name="immediate or cancel", value="ioc"),
    Choice(name="fill or kill", value="fok"),
]
_DESCRIBED = {
    "symbol": "What to trade, such as AAPL or BTC/USD",
    "quantity": "How many shares or coins, such as 100 or 0.5",
    "amount": "How much money instead of a quantity, such as 500",
    "type": "How the price is decided; left out, the prices you give decide",
    "limit": "Limit price per unit",
    "stop": "Stop price per unit",
    "trail": "Distance of a trailing stop: 2% or 1.50",
    "take_profit": "Close again at this price: closing order of a bracket",
    "stop_loss": "Close again at this stop: closing order of a bracket",
    "time_in_force": "How long the order lives; left out, today only",
    "extended_hours": "Also before and after regular hours",
    "account": "Which of your accounts; left out, your default",
}


class TradeCommands(commands.Cog):
    """Orders begin here."""

    def __init__(self, front: Front) -> None:
        """See the module's first line."""
        self._front = front

    @app_commands.command(name="buy", description="Review an order to buy; nothing is sent yet")
    @app_commands.describe(**_DESCRIBED)
    @app_commands.choices(type=_TYPES, time_in_force=_TIMES)
    async def buy(  # noqa: PLR0913,PLR0917  # one parameter an option
        self,
        interaction: discord.Interaction,
        symbol: str,
        quantity: str | None = None,
        amount: str | None = None,
        type: Choice[str] | None = None,  # noqa: A002  # the option's name
        limit: str | None = None,
        stop: str | None = None,
        trail: str | None = None,
        take_profit: str | None = None,
        stop_loss: str | None = None,
        time_in_force: Choice[str] | None = None,
        extended_hours: bool = False,
        account: str | None = None,
    ) -> None:
        """See the command's description."""
        ticket = Ticket(
            symbol=symbol,
            side=Side.BUY,
            quantity=quantity,
            amount=amount,
            type=_type(type),
            limit=limit,
            stop=stop,
            trail=trail,
            take_profit=take_profit,
            stop_loss=stop_loss,
            time_in_force=_time(time_in_force),
            extended_hours=extended_hours,
            account=account,
        )
        await self._review(interaction, ticket)

    @app_commands.command(name="sell", description="Review an order to sell; nothing is sent yet")
    @app_commands.describe(**_DESCRIBED, short="Sell more than you hold, on purpose")
    @app_commands.choices(type=_TYPES, time_in_force=_TIMES)
    async def sell(  # noqa: PLR0913,PLR0917  # one parameter an option
        self,
        interaction: discord.Interaction,
        symbol: str,
        quantity: str | None = None,
        amount: str | None = None,
        type: Choice[str] | None = None,  # noqa: A002  # the option's name
        limit: str | None = None,
        stop: str | None = None,
        trail: str | None = None,
        take_profit: str | None = None,
        stop_loss: str | None = None,
        time_in_force: Choice[str] | None = None,
        extended_hours: bool = False,
        short: bool = False,
        account: str | None = None,
    ) -> None:
        """See the command's description."""
        ticket = Ticket(
            symbol=symbol,
            side=Side.SELL,
            quantity=quantity,
            amount=amount,
            type=_type(type),
            limit=limit,
            stop=stop,
            trail=trail,
            take_profit=take_profit,
            stop_loss=stop_loss,
            time_in_force=_time(time_in_force),
            extended_hours=extended_hours,
            short=short,
            account=account,
        )
        await self._review(interaction, ticket)

    @app_commands.command(name="close", description="Review a market order that closes a position")
    @app_commands.describe(
        symbol="Which position",
        quantity="How much of it; left out, all",
        account="Which of your accounts; left out, your default",
    )
    async def close(
        self,
        interaction: discord.Interaction,
        symbol: str,
        quantity: str | None = None,
        account: str | None = None,
    ) -> None:
        """See the command's description."""

        async def work(caller: Caller) -> Card:
            order = await self._front.floor.drafts.draft_close(caller, symbol, quantity, account)
            return await self._front.order_cards.card(order, caller)

        await self._front.answers.command(interaction, work)

    async def _review(self, interaction: discord.Interaction, ticket: Ticket) -> None:
        async def work(caller: Caller) -> Card:
            order = await self._front.floor.drafts.draft(caller, ticket)
            return await self._front.order_cards.card(order, caller)

        await self._front.answers.command(interaction, work)

    @buy.autocomplete("symbol")
    @sell.autocomplete("symbol")
    @close.autocomplete("symbol")
    async def _symbols(self, interaction: discord.Interaction, typed: str) -> list[Choice[str]]:
        return await options.symbols(self._front.floor, interaction, typed)

    @buy.autocomplete("account")
    @sell.autocomplete("account")
    @close.autocomplete("account")
    async def _accounts(self, interaction: discord.Interaction, typed: str) -> list[Choice[str]]:
        return await options.accounts(self._front.floor, interaction, typed)


def _type(chosen: Choice[str] | None) -> OrderType | None:
    return None if chosen is None else OrderType(chosen.value)


def _time(chosen: Choice[str] | None) -> TimeInForce | None:
    return None if chosen is None else TimeInForce(chosen.value)
