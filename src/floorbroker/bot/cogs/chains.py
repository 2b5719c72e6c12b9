"""/options chain, /options contract and /volatility: options before anybody trades them."""

import asyncio

import discord
from discord import app_commands
from discord.app_commands import Choice
from discord.ext import commands

from floorbroker.bot.callers import caller_of
from floorbroker.bot.cogs import options
from floorbroker.bot.front import Front
from floorbroker.bot.options_on_cards import day_from, strikes_from
from floorbroker.bot.replies.card import Card
from floorbroker.bot.replies.chain_cards import BOTH
from floorbroker.bot.replies.volatility_cards import volatility_card
from floorbroker.domain.errors import FloorbrokerError
from floorbroker.domain.instruments import OptionRight
from floorbroker.services.callers import Caller
from floorbroker.services.chain_parts import ChainRequest

_PATIENCE_SECONDS = 2.0
"""Discord waits three for suggestions."""

_LONGEST = 100


class ChainCommands(commands.Cog):
    """Options as one's own broker lists them."""

    group = app_commands.Group(name="options", description="Option chains and contracts")

    def __init__(self, front: Front) -> None:
        """See the module's first line."""
        self._front = front

    @group.command(name="chain", description="The options on something, around its price")
    @app_commands.describe(
        symbol="What they are on, such as AAPL",
        expiry="When they expire; left out, the next day",
        show="Calls, puts, or both",
        strikes="From and to, such as 200-250; left out, around the price",
        account="Which of your accounts; left out, your default",
    )
    @app_commands.choices(
        show=[
            Choice(name="calls and puts", value=BOTH),
            Choice(name="calls", value=OptionRight.CALL.value),
            Choice(name="puts", value=OptionRight.PUT.value),
        ]
    )
    async def chain(
        self,
        interaction: discord.Interaction,
        symbol: str,
        expiry: str | None = None,
        show: Choice[str] | None = None,
        strikes: str | None = None,
        account: str | None = None,
    ) -> None:
        """See the command's description."""

        async def work(caller: Caller) -> Card:
            low, high = strikes_from(strikes or "")
            one_side = show is not None and show.value != BOTH
            asked = ChainRequest(
                symbol=symbol,
                expiry=day_from(expiry),
                right=OptionRight(show.value) if show is not None and one_side else None,
                low=low,
                high=high,
                account=account,
            )
            return await self._front.clicks.options.chain(caller, asked)

        await self._front.answers.command(interaction, work)

    @group.command(name="contract", description="One option: price, Greeks, and Buy and Sell")
    @app_commands.describe(
        contract="Such as AAPL261218C00230000, or AAPL 2026-12-18 230 call",
        account="Which of your accounts; left out, your default",
    )
    async def contract(
        self, interaction: discord.Interaction, contract: str, account: str | None = None
    ) -> None:
        """See the command's description."""

        async def work(caller: Caller) -> Card:
            return await self._front.clicks.options.contract(caller, contract, account)

        await self._front.answers.command(interaction, work)

    @app_commands.command(
        name="volatility", description="How much something moved, and is expected to move"
    )
    @app_commands.describe(
        symbol="What to look at, such as AAPL or BTC/USD",
        account="Which of your accounts; left out, your default",
    )
    async def volatility(
        self, interaction: discord.Interaction, symbol: str, account: str | None = None
    ) -> None:
        """See the command's description."""

        async def work(caller: Caller) -> Card:
            floor = self._front.floor
            moves = await floor.volatilities.look(caller.user_id, symbol, account)
            return volatility_card(moves, floor.clock.now())

        await self._front.answers.command(interaction, work)

    @chain.autocomplete("expiry")
    async def _expiries(self, interaction: discord.Interaction, typed: str) -> list[Choice[str]]:
        named = interaction.namespace
        symbol, account = getattr(named, "symbol", None), getattr(named, "account", None)
        if not symbol:
            return []
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                days = await self._front.floor.chains.expiries(
                    caller_of(interaction).user_id, symbol, account or None
                )
        except (FloorbrokerError, TimeoutError):
            return []
        wanted = typed.casefold().strip()
        lines = [(f"{day:%d %b %Y}", day.isoformat()) for day in days]
        return [
            Choice(name=line, value=value)
            for line, value in lines
            if wanted in line.casefold() or wanted in value
        ][: options.MOST]

    @contract.autocomplete("contract")
    async def _contracts(self, interaction: discord.Interaction, typed: str) -> list[Choice[str]]:
        account = getattr(interaction.namespace, "account", None)
        if not options.SEARCHABLE.fullmatch(typed) or not typed.strip():
            return []
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                found = await self._front.floor.chains.suggestions(
                    caller_of(interaction).user_id, typed, account or None
                )
        except (FloorbrokerError, TimeoutError):
            return []
        return [
            Choice(name=(one.name or one.symbol)[:_LONGEST], value=one.symbol)
            for one in found[: options.MOST]
        ]

    @chain.autocomplete("symbol")
    @volatility.autocomplete("symbol")
    async def _symbols(self, interaction: discord.Interaction, typed: str) -> list[Choice[str]]:
        return await options.symbols(self._front.floor, interaction, typed)

    @chain.autocomplete("account")
    @contract.autocomplete("account")
    @volatility.autocomplete("account")
    async def _accounts(self, interaction: discord.Interaction, typed: str) -> list[Choice[str]]:
        return await options.accounts(self._front.floor, interaction, typed)
