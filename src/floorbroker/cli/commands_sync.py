"""`floorbroker commands sync`: tells Discord of the slash commands, changed or not."""

import asyncio
from typing import Final

import aiohttp
import discord
import typer

from floorbroker.cli.giving_up import MISCONFIGURED, GivenUp
from floorbroker.cli.opening import opened
from floorbroker.cli.settings import EXPLAINED
from floorbroker.config import Settings

SECONDS: Final = 60.0
"""Discord may make a client wait for its turn."""


async def sync(settings: Settings) -> None:
    """Logs in without a gateway, sends the commands, and prints how many.

    Raises:
        GivenUp: The store or Discord did not do its part.
    """
    token = settings.discord_token.get_secret_value() if settings.discord_token else ""
    async with opened(settings, background=False) as app, app.bot:
        try:
            async with asyncio.timeout(SECONDS):
                await app.bot.login(token)
                await app.bot.sync_if_changed(force=True)
        except discord.LoginFailure:
            todo = EXPLAINED["DISCORD_TOKEN"][1]
            message = f"Discord does not accept DISCORD_TOKEN. {todo}"
            raise GivenUp(message, MISCONFIGURED) from None
        except (discord.DiscordException, aiohttp.ClientError, OSError) as error:
            raise GivenUp(f"Discord did not take them ({type(error).__name__}).") from None
        count = len(app.bot.tree.get_commands())
    typer.echo(f"{count} commands sent to Discord.")
