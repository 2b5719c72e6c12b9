"""/quote and /chart: what something costs and did, before anybody trades it."""

import discord
from discord import app_commands
from discord.app_commands import Choice
from discord.ext import commands

from floorbroker.bot.cogs import options
from floorbroker.bot.front import Front
from floorbroker.bot.replies.card import Card
from floorbroker.bot.replies.chart_cards import chart_card
from floorbroker.bot.replies.quote_cards import quote_card, quotes_card
from floorbroker.charts.price import Style
from floorbroker.domain.errors import InvalidInput
from floorbroker.services.callers import Caller
from floorbroker.services.charting import ChartRequest, Span
from floorbroker.services.quotes import symbols_in

_AVERAGES = {"20": (20,), "50": (50,), "20,50": (20, 50), "50,200": (50, 200)}


class MarketCommands(commands.Cog):
    """The market as one's own broker sees it."""

    def __init__(self, front: Front) -> None:
        """See the module's first line."""
        self._front = front

    @app_commands.command(name="quote", description="What something costs now, at your broker")
    @app_commands.describe(
        symbol="What to look at, such as AAPL or BTC/USD; up to ten with blanks between",
        account="Which of your accounts; left out, your default",
        depth="Also the order book, where your broker shows it",
    )
    async def quote(
        self,
        interaction: discord.Interaction,
        symbol: str,
        account: str | None = None,
        depth: bool = False,
    ) -> None:
        """See the command's description."""

        async def work(caller: Caller) -> Card:
            floor = self._front.floor
            symbols = symbols_in(symbol)
            if len(symbols) == 1:
                looked = await floor.quotes.look(caller.user_id, symbols[0], account, depth=depth)
                return quote_card(looked, floor.clock.now())
            if depth:
                raise InvalidInput("The order book is shown of one symbol at a time.")
            seen = await floor.quotes.look_at_each(caller.user_id, symbols, account)
            return quotes_card(seen, floor.clock.now())

        await self._front.answers.command(interaction, work)

    @app_commands.command(name="chart", description="What something did, as a picture")
    @app_commands.describe(
        symbol="What to look at, such as AAPL or BTC/USD",
        range="How far back; left out, one month",
        style="Candles, or a line",
        averages="Moving averages, in bars",
        rsi="Also the relative strength over 14 bars",
        account="Which of your accounts; left out, your default",
    )
    @app_commands.choices(
        range=[Choice(name=span.words, value=span.value) for span in Span],
        style=[Choice(name=style.value, value=style.value) for style in Style],
        averages=[Choice(name=name.replace(",", " and "), value=name) for name in _AVERAGES],
    )
    async def chart(
        self,
        interaction: discord.Interaction,
        symbol: str,
        range: Choice[str] | None = None,  # noqa: A002  # what people type
        style: Choice[str] | None = None,
        averages: Choice[str] | None = None,
        rsi: bool = False,
        account: str | None = None,
    ) -> None:
        """See the command's description."""
        request = ChartRequest(
            symbol=symbol,
            span=Span.MONTH if range is None else Span(range.value),
            style=Style.CANDLES if style is None else Style(style.value),
            averages=() if averages is None else _AVERAGES[averages.value],
            strength=rsi,
            account=account,
        )

        async def work(caller: Caller) -> Card:
            floor = self._front.floor
            charted = await floor.charting.chart(caller.user_id, request)
            return chart_card(charted, floor.clock.now())

        await self._front.answers.command(interaction, work)

    @quote.autocomplete("symbol")
    async def _several(self, interaction: discord.Interaction, typed: str) -> list[Choice[str]]:
        return await options.several_symbols(self._front.floor, interaction, typed)

    @chart.autocomplete("symbol")
    async def _symbols(self, interaction: discord.Interaction, typed: str) -> list[Choice[str]]:
        return await options.symbols(self._front.floor, interaction, typed)

    @quote.autocomplete("account")
    @chart.autocomplete("account")
    async def _accounts(self, interaction: discord.Interaction, typed: str) -> list[Choice[str]]:
        return await options.accounts(self._front.floor, interaction, typed)
