"""`floorbroker run`: the bot, with the settings of the environment."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from functools import partial
from typing import Final

import aiohttp
import discord
import structlog

from floorbroker.bootstrap import App
from floorbroker.brokers.shared import open_files
from floorbroker.cli.giving_up import MISCONFIGURED, GivenUp
from floorbroker.cli.opening import opened
from floorbroker.cli.reaching import until_discord_answers
from floorbroker.cli.serving import DiscordEnded, end_on_signal, serve
from floorbroker.cli.settings import EXPLAINED
from floorbroker.config import DiscordTransport, LogFormat, Settings, SettingsProblem
from floorbroker.domain.errors import StoreUnavailable
from floorbroker.domain.modes import Role
from floorbroker.observability.logging import configure_logging, log_uncaught_errors
from floorbroker.web.app import build_metrics_app, build_web_app, run_web
from floorbroker.web.discord_events import DiscordEvents
from floorbroker.web.errors_page import ErrorsPage, errors_page
from floorbroker.web.interactions import Interactions
from floorbroker.web.links import LinkPages, link_pages
from floorbroker.web.rate import Visits

ANSWER_SECONDS: Final = 3.0
ANSWERING: Final = ("CommandTree-invoker", "discord-ui-", "discord.py: on_interaction")
"""What discord.py calls the tasks that run commands, buttons and menus, and forms (2.7.1)."""

_log = structlog.stdlib.get_logger(__name__)


async def run(settings: Settings, role: Role = Role.ALL) -> None:
    """Does its part until it is told to end.

    Raises:
        GivenUp: It could not start, or lost Discord for good.
    """
    configure_logging(settings.log_level, json=settings.log_format is LogFormat.JSON)
    log_uncaught_errors()
    open_files.allow_enough()
    token = settings.discord_token.get_secret_value() if settings.discord_token else ""
    stop = asyncio.Event()
    with end_on_signal(stop):
        async with opened(settings, role=role) as app:
            try:
                await serve(
                    supervisor=app.supervisor,
                    web=web(app, role),
                    connect=lambda: _connected(app, token, role),
                    leave=lambda: leave_discord(app.bot),
                    stop=stop,
                    drain_within=timedelta(seconds=settings.drain_seconds),
                )
            except DiscordEnded as ended:
                raise _lost_discord(ended.__cause__) from None
    _log.info("ended")


async def _connected(app: App, token: str, role: Role) -> None:
    await until_discord_answers()
    over_http = app.settings.discord_transport is DiscordTransport.HTTP
    if over_http or role is Role.WORKER:  # a worker sends news, and hears nothing
        await app.bot.login_over_http(token)
        await app.bot.until_closed()
    else:
        await app.bot.start(token)


@asynccontextmanager
async def web(app: App, role: Role = Role.ALL) -> AsyncIterator[Sequence[int]]:
    """Health, readiness, the link pages and the errors on PORT; metrics behind a token, or apart.

    A worker has no pages and takes no commands.

    Yields:
        The ports that are listened on: PORT, then METRICS_PORT if it is set.

    Raises:
        GivenUp: A port cannot be listened on, or PUBLIC_URL is no address.
    """
    settings = app.settings
    bare = partial(
        build_web_app, readiness=app, metrics=app.metrics, metrics_token=settings.metrics_token
    )
    if role is Role.WORKER:
        public = bare()
    else:
        links, errors = _pages(app)
        public = bare(
            links=links,
            errors=errors,
            events=discord_events(app),
            interactions=interactions(app),
        )
    sites = [("PORT", settings.port, public)]
    if settings.metrics_port is not None:
        sites.append(("METRICS_PORT", settings.metrics_port, build_metrics_app(app.metrics)))
    ports = []
    async with AsyncExitStack() as servers:
        for name, wanted, site in sites:
            try:
                port = await servers.enter_async_context(run_web(site, settings.host, wanted))
            except OSError as error:
                reason = f"{name} cannot be listened on: {error.strerror}."
                raise GivenUp(f"{reason} Set {name} to a free port.") from None
            _log.info("listening", setting=name, port=port)
            ports.append(port)
        yield ports


def discord_events(app: App) -> DiscordEvents | None:
    """What Discord may tell over HTTP, where the application's key is known."""
    if not app.settings.discord_public_key:
        return None
    return DiscordEvents(app.settings, app.floor.erasing, app.floor.clock)


def interactions(app: App) -> Interactions | None:
    """Commands and clicks over HTTP, where the operator chose that."""
    if app.settings.discord_transport is not DiscordTransport.HTTP:
        return None
    return Interactions(app.settings, app.floor.clock, app.bot, app.supervisor)


def _pages(app: App) -> tuple[LinkPages | None, ErrorsPage]:
    try:
        links = link_pages(
            app.floor,
            app.settings,
            on_connected=app.link_news.connected,
            visits=Visits(proxy_hops=app.settings.proxy_hops, together=app.counts),
        )
        return links, errors_page(app.settings, together=app.counts)
    except SettingsProblem as problem:
        raise GivenUp(str(problem), MISCONFIGURED) from None


async def leave_discord(bot: discord.Client) -> None:
    """Lets answers that are being written reach their readers, for a moment, then logs out."""
    answering = {task for task in asyncio.all_tasks() if task.get_name().startswith(ANSWERING)}
    if answering:
        await asyncio.wait(answering, timeout=ANSWER_SECONDS)
    await bot.close()


def _lost_discord(error: BaseException | None) -> GivenUp:
    match error:
        case discord.LoginFailure():
            todo = EXPLAINED["DISCORD_TOKEN"][1]
            return GivenUp(f"Discord does not accept DISCORD_TOKEN. {todo}", MISCONFIGURED)
        case StoreUnavailable():
            return GivenUp("The store stopped answering while the commands were being set up.")
        case discord.ConnectionClosed(code=code):
            return GivenUp(f"Discord closed the connection for good (code {code}).")
        case OSError() | aiohttp.ClientError() | TimeoutError() | discord.DiscordException():
            return GivenUp(f"Discord cannot be reached ({type(error).__name__}).")
        case _:
            _log.error("discord_ended", exc_info=error)
            kind = type(error).__name__ if error is not None else "without an error"
            return GivenUp(f"The connection to Discord ended ({kind}).")
