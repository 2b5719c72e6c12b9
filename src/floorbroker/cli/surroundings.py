"""Checks of what lies outside the process: the store, Discord, the web address."""

import asyncio
import errno
from typing import Final
from urllib.parse import urlsplit

import aiohttp
import discord

from floorbroker.cli.findings import Finding, Level
from floorbroker.cli.opening import data_dir_trouble, store_trouble
from floorbroker.cli.settings import EXPLAINED
from floorbroker.config import Settings, SettingsProblem
from floorbroker.domain.errors import StoreUnavailable
from floorbroker.services.servable import expect_servable
from floorbroker.storage.indexes import INDEXES
from floorbroker.storage.marks import Marks
from floorbroker.storage.opening import open_documents

DISCORD_SECONDS: Final = 5.0


async def store_finding(settings: Settings) -> Finding:
    """Opens the store as `run` does, indexes included, and asks it for a sign of life."""
    if settings.mongodb_uri is None and not settings.single_user:
        return Finding(level=Level.WARN, about="store", what="Not checked: no MONGODB_URI.")
    try:
        documents = open_documents(settings)
        try:
            await documents.start(())
            await expect_servable(Marks(documents))
            await documents.start(INDEXES)
            await documents.ping()
        finally:
            await documents.close()
    except StoreUnavailable as error:
        what, todo = store_trouble(settings, error)
        return Finding(level=Level.FAIL, about="store", what=what, todo=todo)
    except SettingsProblem as problem:
        return Finding(level=Level.FAIL, about="store", what=str(problem))
    except OSError as error:
        what, todo = data_dir_trouble(settings, error)
        return Finding(level=Level.FAIL, about="store", what=what, todo=todo)
    engine = f"SQLite in {settings.data_dir}" if settings.mongodb_uri is None else "MongoDB"
    what = f"{engine} answers; {len(INDEXES)} indexes are in place."
    return Finding(level=Level.OK, about="store", what=what)


async def discord_findings(settings: Settings, seconds: float = DISCORD_SECONDS) -> list[Finding]:
    """Logs in without a gateway; at most `seconds` long."""
    if settings.discord_token is None:
        what = "Not checked: no token."
        return [Finding(level=Level.WARN, about="Discord", what=what)]
    # Voice needs two packages more; there is no voice in this bot.
    discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False
    client = discord.Client(intents=discord.Intents(guilds=True))
    try:
        async with asyncio.timeout(seconds):
            await client.login(settings.discord_token.get_secret_value())
            return [*_of_application(settings, client), *await _ops_channel(settings, client)]
    except discord.LoginFailure:
        what, todo = "Discord does not accept DISCORD_TOKEN.", EXPLAINED["DISCORD_TOKEN"][1]
    except discord.HTTPException as error:
        what, todo = f"Discord answers with status {error.status}.", "Try again in a few minutes."
    except (TimeoutError, OSError, aiohttp.ClientError) as error:
        what = f"Discord does not answer ({type(error).__name__})."
        todo = "Check that this machine reaches https://discord.com."
    except ValueError:  # a character that no header may hold
        what, todo = "DISCORD_TOKEN is not a token.", EXPLAINED["DISCORD_TOKEN"][1]
    except (KeyError, TypeError):  # discord.py expects its documented fields
        what, todo = "What answers is not Discord.", "Look for a proxy in front of this machine."
    finally:
        await client.close()
    return [Finding(level=Level.FAIL, about="Discord", what=what, todo=todo)]


def _of_application(settings: Settings, client: discord.Client) -> list[Finding]:
    what = f"Logged in as {client.user}, application {client.application_id}."
    found = [Finding(level=Level.OK, about="Discord", what=what)]
    if settings.discord_client_id not in ("", str(client.application_id)):
        what = "It belongs to another application than DISCORD_TOKEN."
        todo = f"Set {client.application_id}."
        found.append(Finding(level=Level.FAIL, about="DISCORD_CLIENT_ID", what=what, todo=todo))
    application = client.application
    if application is not None and application.interactions_endpoint_url:
        what = "Discord sends commands to the application's endpoint URL, not to this bot."
        todo = "Empty Interactions Endpoint URL on the application's page, General Information."
        found.append(Finding(level=Level.FAIL, about="Discord", what=what, todo=todo))
    return found


async def _ops_channel(settings: Settings, client: discord.Client) -> list[Finding]:
    about = "OPS_CHANNEL_ID"
    if not settings.ops_channel_id.isdecimal():
        return []  # not set, or no id at all, which is told of the settings
    try:
        await client.fetch_channel(int(settings.ops_channel_id))
    except (discord.NotFound, discord.Forbidden, discord.InvalidData) as error:
        code = f" (code {error.code})" if isinstance(error, discord.HTTPException) else ""
        what = f"The bot cannot see that channel{code}; alerts go out as direct messages."
        todo = "Invite the bot to its server, and allow it View Channel and Send Messages there."
        return [Finding(level=Level.WARN, about=about, what=what, todo=todo)]
    what = "The bot sees the channel. It needs Send Messages there too, which is not checked."
    return [Finding(level=Level.OK, about=about, what=what)]


def public_url_finding(settings: Settings) -> Finding | None:
    """Whether `PUBLIC_URL` can be what people's browsers are sent to; None if it is not set."""
    if not settings.public_url:
        return None
    try:
        parts = urlsplit(settings.public_url)
        usable = bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port that is none
        usable = False
    if not usable or parts.username is not None or parts.query or parts.fragment:
        what = "Not an address of a site."
    elif parts.scheme != "https":
        what = "Not https: browsers would send keys in the clear."
    else:
        return Finding(level=Level.OK, about="PUBLIC_URL", what="An https address.")
    return Finding(level=Level.FAIL, about="PUBLIC_URL", what=what, todo=EXPLAINED["PUBLIC_URL"][1])


async def port_findings(settings: Settings) -> list[Finding]:
    """Whether the ports can be listened on."""
    ports = {"PORT": settings.port, "METRICS_PORT": settings.metrics_port}
    found = [
        await _port(name, settings.host, port) for name, port in ports.items() if port is not None
    ]
    if settings.port and settings.port == settings.metrics_port:
        what, todo = "The same as PORT.", "Set another one, or leave it empty."
        found[1] = Finding(level=Level.FAIL, about="METRICS_PORT", what=what, todo=todo)
    return found


async def _port(name: str, host: str, port: int) -> Finding:
    try:
        server = await asyncio.get_running_loop().create_server(asyncio.Protocol, host, port)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            what = f"Port {port} is in use, by a running floorbroker perhaps."
            return Finding(
                level=Level.WARN, about=name, what=what, todo=f"If not, set {name} to a free one."
            )
        what = f"Port {port} of {host} cannot be listened on."
        todo = f"Set HOST to an address of this machine and {name} to a port above 1023."
        return Finding(level=Level.FAIL, about=name, what=what, todo=todo)
    server.close()
    await server.wait_closed()
    return Finding(level=Level.OK, about=name, what=f"Port {port} of {host} is free.")
