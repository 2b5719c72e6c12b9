"""What commands and buttons work with."""

from dataclasses import dataclass
from typing import Protocol, cast

import discord

from floorbroker.bot.answering import Answers
from floorbroker.bot.clicks import Clicks
from floorbroker.bot.orders_on_cards import OrderCards
from floorbroker.services.floor import Floor


class _HasFront(Protocol):
    front: "Front"


@dataclass(frozen=True, slots=True)
class Front:
    """The services, and the ways in which they become cards."""

    floor: Floor
    answers: Answers
    order_cards: OrderCards
    clicks: Clicks


def front_behind(interaction: discord.Interaction) -> Front:
    """The client of every interaction here is the bot, which has a front."""
    return cast("_HasFront", interaction.client).front


def front_of(floor: Floor) -> Front:
    """The front before these services."""
    order_cards = OrderCards(floor)
    return Front(floor, Answers(floor), order_cards, Clicks(floor, order_cards))
