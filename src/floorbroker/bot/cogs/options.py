"""Suggestions while a person types. They are only suggestions: services check every value."""

import re

import discord
from discord.app_commands import Choice

from floorbroker.bot.callers import caller_of
from floorbroker.bot.replies.order_words import one_line
from floorbroker.domain.errors import FloorbrokerError
from floorbroker.services.floor import Floor

MOST = 25
SEARCHABLE = re.compile(r"[A-Za-z0-9 ./&'-]{0,40}", re.ASCII)
_BEFORE_THE_LAST = re.compile(r"([A-Za-z0-9 ,./-]{1,90})[ ,]([A-Za-z0-9./-]{1,20})", re.ASCII)
_LONGEST = 100


async def symbols(floor: Floor, interaction: discord.Interaction, typed: str) -> list[Choice[str]]:
    """Instruments of the person's default account; what no name consists of reaches no broker."""
    if SEARCHABLE.fullmatch(typed) is None:
        return []
    found = await floor.symbols.search(caller_of(interaction).user_id, typed)
    return [
        Choice(name=f"{one.symbol} · {one.name}"[:_LONGEST], value=one.symbol)
        for one in found[:MOST]
    ]


async def several_symbols(
    floor: Floor, interaction: discord.Interaction, typed: str
) -> list[Choice[str]]:
    """The same where several stand: the last one is looked for, behind those before it."""
    parts = _BEFORE_THE_LAST.fullmatch(typed)
    whole = await symbols(floor, interaction, typed)
    if whole or parts is None:
        return whole
    before = " ".join(parts[1].replace(",", " ").upper().split())
    last = await symbols(floor, interaction, parts[2])
    every = [f"{before} {one.value}" for one in last]
    return [Choice(name=one, value=one) for one in every if len(one) <= _LONGEST]


async def accounts(
    floor: Floor, interaction: discord.Interaction, typed: str, *, left_out: bool = False
) -> list[Choice[str]]:
    """The person's own accounts: those in use, or those left out."""
    try:
        found, _ = await floor.accounts.every_account(caller_of(interaction).user_id)
    except FloorbrokerError:
        return []
    wanted = typed.casefold()
    return [
        Choice(name=one.title[:_LONGEST], value=one.value[:_LONGEST])
        for one in found
        if one.excluded is left_out and wanted in one.title.casefold()
    ][:MOST]


async def orders(
    floor: Floor, interaction: discord.Interaction, typed: str, *, only_open: bool
) -> list[Choice[str]]:
    """The person's own orders."""
    user_id = caller_of(interaction).user_id
    try:
        found = await (floor.list.cancelable(user_id) if only_open else floor.list.recent(user_id))
    except FloorbrokerError:
        return []
    wanted = typed.casefold()
    lines = [(one_line(order), order.order_id) for order in found]
    return [
        Choice(name=line[:_LONGEST], value=order_id)
        for line, order_id in lines
        if wanted in line.casefold() or wanted in order_id
    ][:MOST]
