"""Who trades in a campaign, with accounts at which broker, and the bot that serves them."""

import logging
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from discord.http import Route

from floorbroker.bootstrap import App, running
from floorbroker.config import DiscordTransport, Settings
from floorbroker.domain.clock import Clock
from floorbroker.domain.ids import BrokerId, UserId
from floorbroker.domain.modes import DeploymentMode, Environment
from floorbroker.observability.logging import configure_logging
from floorbroker.services.link_requests import Wanted
from floorbroker.vault.keyring import parse_keyring
from tests.campaign.processes import Place

PEOPLE: Final = 24
"""The first half trades at Alpaca, the others at Binance."""

_FIRST_ID: Final = 400_000_000_000_000_000

Keys = Callable[[int], tuple[str, str]]


def _alpaca(number: int) -> tuple[str, str]:
    return f"PKCAMPAIGN{number:010}", f"campaign/Secret{number:025}"


def _binance(number: int) -> tuple[str, str]:
    return f"CampaignKey{number:053}", f"CampaignSecret{number:050}"


KEYS: Final[Mapping[str, Keys]] = {"alpaca": _alpaca, "binance": _binance}
"""Key and secret of each person."""


@dataclass(frozen=True, slots=True)
class Trader:
    """One person."""

    number: int

    @property
    def user_id(self) -> UserId:
        """On Discord."""
        return UserId(str(_FIRST_ID + self.number))

    @property
    def broker(self) -> BrokerId:
        """Where the account is."""
        return BrokerId("alpaca" if self.number < PEOPLE // 2 else "binance")

    @property
    def symbol(self) -> str:
        """What is traded there."""
        return "AAPL" if self.broker == "alpaca" else "BTCUSDT"

    @property
    def far_prices(self) -> tuple[str, str]:
        """Two limits at which nothing fills until the exchange lets it."""
        return ("120", "121") if self.broker == "alpaca" else ("40000", "40100")

    @property
    def quantity(self) -> str:
        """A small order."""
        return "1" if self.broker == "alpaca" else "0.01"


TRADERS: Final = tuple(map(Trader, range(PEOPLE)))


def settings(urls: Mapping[str, str], **changes: Any) -> Settings:
    """The product's own, but for addresses, generous limits, and a quick recovery."""
    endpoints = (
        ("alpaca.paper", urls["alpaca"]),
        ("alpaca.data", f"{urls['alpaca']}/data"),
        ("alpaca.stream", f"{urls['alpaca']}/streams"),
        ("binance.paper", urls["binance"]),
        ("binance.wallet", urls["binance"]),
    )
    values: dict[str, Any] = {
        "deployment_mode": DeploymentMode.MULTI_USER,
        "broker_endpoints": endpoints,
        "max_orders_per_day": 10**6,
        "max_position_value": Decimal(10**9),
        "order_deadline_seconds": 1.0,
        "claim_seconds": 2.5,
        "settle_seconds": 1.0,
        "reconcile_seconds": 0.2,
        "drain_seconds": 5.0,
        **changes,
    }
    return Settings(_env_file=None, **values)  # type: ignore[call-arg] # pydantic-settings' own


@asynccontextmanager
async def bot(
    urls: Mapping[str, str], place: Place, clock: Clock | None = None, **changes: Any
) -> AsyncIterator[App]:
    """One process of the product, logged in to the simulated Discord; `changes` are settings."""
    logging.disable(logging.CRITICAL)
    configure_logging("ERROR", json=True)
    before, Route.BASE = Route.BASE, urls["discord"]
    chosen = settings(urls, **changes)
    try:
        async with running(
            chosen,
            clock=clock,
            documents=place.open(),
            keyring=parse_keyring(place.key),
            shard_count=1,
        ) as app:
            if chosen.discord_transport is DiscordTransport.HTTP:
                await app.bot.login_over_http("campaign")
            else:
                await app.bot.login("campaign")
            yield app
            await app.bot.close()
    finally:
        Route.BASE = before
        logging.disable(logging.NOTSET)


async def link_everybody(app: App) -> None:
    """What the page does once Discord has said who it is."""
    linking = app.floor.linking
    for trader in TRADERS:
        key, secret = KEYS[trader.broker](trader.number)
        wanted = Wanted(user_id=trader.user_id, broker=trader.broker, environment=Environment.PAPER)
        tried = await linking.try_out(wanted, {"api_key": key, "api_secret": secret})
        await linking.keep(tried)


async def prepare(place: Place, urls: Mapping[str, str]) -> None:
    """An empty store, with everybody linked."""
    async with bot(urls, place) as app:
        await link_everybody(app)
