"""From the card of a chain to a contract, and from a contract to a review of one's own."""

import re
from typing import Any, Self

import discord
from discord import ui

from floorbroker.bot.answering import refuse
from floorbroker.bot.buttons import chosen_line
from floorbroker.bot.front import front_behind
from floorbroker.bot.replies import custom_ids
from floorbroker.bot.size_form import SizeForm
from floorbroker.brokers.shared.option_symbols import contract_of
from floorbroker.domain.errors import FloorbrokerError
from floorbroker.domain.orders import Side


class ContractMenu(ui.DynamicItem[ui.Select[Any]], template=custom_ids.CONTRACTS):
    """The contracts on the card of a chain."""

    def __init__(self, account: str) -> None:
        """`account` is the one that was named; empty where none was."""
        super().__init__(ui.Select(custom_id=f"fb:contracts:{account}"))
        self.account = account

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction, item: ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Made anew for each choice."""
        return cls(match["account"])

    async def callback(self, interaction: discord.Interaction) -> None:
        """Answers with the contract in place of the chain."""
        front, symbol = front_behind(interaction), chosen_line(interaction)
        await front.answers.click(
            interaction,
            lambda caller: front.clicks.options.contract(caller, symbol, self.account or None),
        )


class TradeButton(ui.DynamicItem[ui.Button[Any]], template=custom_ids.TRADE):
    """Buy and Sell below a contract: a form for the size, then a private review."""

    def __init__(self, side: str, symbol: str, account: str) -> None:
        """`account` as for the menu."""
        custom_id = f"fb:{side}:{symbol}:{account}"
        super().__init__(ui.Button(label=side.capitalize(), custom_id=custom_id))
        self.side = Side(side)
        self.symbol = symbol
        self.account = account

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction, item: ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Made anew for each click."""
        return cls(match["side"], match["symbol"], match["account"])

    async def callback(self, interaction: discord.Interaction) -> None:
        """Answers with the form, which asks nobody anything."""
        front, symbol, side = front_behind(interaction), self.symbol, self.side
        try:
            front.answers.check_may_use(interaction)
        except FloorbrokerError as error:
            await refuse(interaction, error, front.floor.settings.errors_page)
            return

        contract = contract_of(symbol)
        title = f"{side.value.capitalize()} {symbol if contract is None else contract.name}"
        form = SizeForm(title, side.value, symbol, account=self.account or None)
        await interaction.response.send_modal(form)
