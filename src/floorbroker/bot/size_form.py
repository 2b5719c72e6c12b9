"""The form between a card and a review of one's own: how much, at which price, in which account.

What a form is about is in its custom id, as with buttons, so any process answers it, whichever
showed it. Nothing is believed of it but who sent it: the review is theirs, in an account of theirs.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Self, cast

import discord
from discord import ui

from floorbroker.bot.answering import refuse
from floorbroker.bot.front import Front, front_behind
from floorbroker.bot.replies import custom_ids
from floorbroker.bot.replies.card import Card
from floorbroker.domain.errors import InvalidInput
from floorbroker.domain.order import Order
from floorbroker.domain.orders import Side
from floorbroker.services.callers import Caller
from floorbroker.services.ticket import Ticket

_LONGEST_TITLE = 45


@dataclass(frozen=True, slots=True)
class Size:
    """What was filled in; None where nothing was."""

    quantity: str
    limit: str | None
    account: str | None


class SizeForm(ui.Modal):
    """The reader's own decisions; nothing is sent. Its answer is `answer_form`'s."""

    def __init__(
        self,
        title: str,
        way: str,
        what: str,
        *,
        limit: str | None = None,
        account: str | None = None,
    ) -> None:
        """`limit` and `account` are proposed and can be taken out.

        Args:
            way: `idea`, or a side.
            what: The idea's id, or the symbol of the contract.
        """
        super().__init__(title=title[:_LONGEST_TITLE], custom_id=custom_ids.size(way, what))
        self.quantity: ui.TextInput[Self] = ui.TextInput(
            custom_id="quantity", placeholder="such as 100 or 0.5", max_length=25
        )
        self.limit: ui.TextInput[Self] = ui.TextInput(
            custom_id="limit", required=False, max_length=25, default=limit
        )
        self.account: ui.TextInput[Self] = ui.TextInput(
            custom_id="account", required=False, max_length=100, default=account
        )
        for text, description, field in (
            ("Quantity", "Shares, coins or contracts", self.quantity),
            ("Limit price", "Empty: at the market", self.limit),
            ("Account", "Empty: your default", self.account),
        ):
            self.add_item(ui.Label(text=text, description=description, component=field))
        self.stop()  # discord.py keeps, for good, every form that has not stopped


async def answer_form(interaction: discord.Interaction) -> None:
    """Answers a form with a private review card."""
    front = front_behind(interaction)
    data = cast("Mapping[str, Any]", interaction.data or {})
    match = custom_ids.SIZE.fullmatch(str(data.get("custom_id", "")))
    if match is None:
        error = InvalidInput("That form is out of date. Open it again from its card.")
        await refuse(interaction, error, front.floor.settings.errors_page)
        return

    async def work(caller: Caller) -> Card:
        texts = dict(_texts(data.get("components", ())))
        size = Size(
            texts.get("quantity", ""), texts.get("limit") or None, texts.get("account") or None
        )
        draft = await _draft(front, caller, match["way"], match["what"], size)
        return await front.order_cards.card(draft, caller)

    await front.answers.command(interaction, work)


async def _draft(front: Front, caller: Caller, way: str, what: str, size: Size) -> Order:
    if way == "idea":
        ideas = front.floor.ideas
        return await ideas.draft(caller, what, size.quantity, size.limit, size.account)
    ticket = Ticket(
        symbol=what,
        side=Side(way),
        quantity=size.quantity,
        limit=size.limit,
        account=size.account,
    )
    return await front.floor.drafts.draft(caller, ticket)


def _texts(parts: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    """The fields of a form, which stand in labels or in rows."""
    for part in parts:
        if "custom_id" in part:
            yield part["custom_id"], str(part.get("value") or "")
        yield from _texts(part.get("components", ()))
        yield from _texts([part["component"]] if "component" in part else ())
