"""Settings from the environment, read once, frozen. `.env.example` explains each in one line."""

import os
from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Final

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from floorbroker.domain.modes import DeploymentMode
from floorbroker.domain.risk import Limits, Scope, SymbolList

Positive = Annotated[Decimal, Field(gt=0)]
Names = Annotated[frozenset[str], NoDecode]
"""Written as a list with commas."""

Endpoints = Annotated[tuple[tuple[str, str], ...], NoDecode]
"""Written as `broker.name=address` with commas between."""


_SHARDS: Final = r"^(\d{1,5}(-\d{1,5})?(,\d{1,5}(-\d{1,5})?)*/\d{1,5})?$"


class LogFormat(StrEnum):
    """One JSON object a line, or lines for a terminal."""

    JSON = "json"
    TEXT = "text"


class Switch(StrEnum):
    """A setting that is on or off, and says so."""

    ON = "on"
    OFF = "off"


class DiscordTransport(StrEnum):
    """How interactions come: over the connection that the bot opens, or as requests to it."""

    GATEWAY = "gateway"
    HTTP = "http"


class UnofficialPricesOf(StrEnum):
    """Who may show prices where no broker does."""

    OFF = "off"
    YAHOO = "yahoo"


class Settings(BaseSettings):
    """Every setting of the product; each name is its environment variable in lower case."""

    model_config = SettingsConfigDict(
        env_file=".env", extra="ignore", frozen=True, hide_input_in_errors=True
    )

    # Where and for whom
    deployment_mode: DeploymentMode = DeploymentMode.MULTI_USER
    owner_id: str = ""
    operator_ids: Names = frozenset()
    ops_channel_id: str = ""

    # Discord
    discord_token: SecretStr | None = None
    discord_client_id: str = ""
    discord_client_secret: SecretStr | None = None
    discord_transport: DiscordTransport = DiscordTransport.GATEWAY
    discord_shards: Annotated[
        str, Field(pattern=r"^(\d{1,5}(-\d{1,5})?(,\d{1,5}(-\d{1,5})?)*/\d{1,5})?$")
    ] = ""
    discord_public_key: Annotated[str, Field(pattern=r"^([0-9a-f]{64})?$")] = ""

    # Storage and secrets
    mongodb_uri: SecretStr | None = None
    mongodb_database: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,38}$")] = "floorbroker"
    data_dir: Path = Path("data")
    credential_master_keys: SecretStr | None = None
    redis_url: SecretStr | None = None

    # Money
    live_trading: Switch = Switch.OFF
    alerts_may_trade: Switch = Switch.OFF
    max_order_value: Positive = Decimal(50_000)
    max_position_value: Positive = Decimal(100_000)
    max_orders_per_day: Annotated[int, Field(gt=0)] = 100
    price_collar_percent: Annotated[Decimal, Field(gt=0, lt=100)] = Decimal(5)
    allowed_symbols: Names = frozenset()
    denied_symbols: Names = frozenset()
    max_daily_loss: Positive | None = None
    max_concentration_percent: Positive | None = None
    only_in_market_hours: Switch = Switch.OFF
    limit_raise_hours: Annotated[int, Field(ge=0, le=720)] = 24
    risk_free_percent: Annotated[Decimal, Field(ge=0, lt=100)] = Decimal(4)
    review_seconds: Annotated[int, Field(ge=10, le=600)] = 60

    # Recovery
    order_deadline_seconds: Annotated[float, Field(gt=0, le=60)] = 5.0
    claim_seconds: Annotated[float, Field(gt=0, le=600)] = 30.0
    settle_seconds: Annotated[float, Field(gt=0, le=3600)] = 30.0
    reconcile_seconds: Annotated[float, Field(gt=0, le=60)] = 1.0
    drain_seconds: Annotated[float, Field(gt=0, le=120)] = 20.0

    # The paper broker
    paper_seed: str = "floorbroker"
    paper_latency_ms: Annotated[int, Field(ge=0, le=10_000)] = 100
    paper_market_hours: Switch = Switch.OFF

    # Web and observability
    public_url: str = ""
    host: str = "0.0.0.0"  # noqa: S104  # a container is reached from outside it
    port: Annotated[int, Field(ge=0, le=65_535)] = 8080
    proxy_hops: Annotated[int, Field(ge=0, le=10)] = 0
    metrics_token: SecretStr | None = None
    metrics_port: Annotated[int, Field(ge=0, le=65_535)] | None = None
    log_level: str = "INFO"
    log_format: LogFormat = LogFormat.JSON

    # Brokers
    broker_endpoints: Endpoints = ()
    unofficial_prices: UnofficialPricesOf = UnofficialPricesOf.OFF

    # Gateways on this machine, for a bot at home
    ib_host: str = "127.0.0.1"
    ib_port: Annotated[int, Field(ge=1, le=65_535)] = 7497
    ib_client_id: Annotated[int, Field(ge=1, le=999)] = 1
    ib_account: str = ""
    ib_market_data_type: Annotated[int, Field(ge=1, le=4)] = 3
    opend_host: str = "127.0.0.1"
    opend_port: Annotated[int, Field(ge=1, le=65_535)] = 11111
    opend_security_firm: str = "FUTUINC"

    # Application credentials of brokers with OAuth
    oauth_redirect_url: str = "https://127.0.0.1"
    schwab_app_key: str = ""
    schwab_app_secret: SecretStr | None = None
    etrade_consumer_key: str = ""
    etrade_consumer_secret: SecretStr | None = None
    alpaca_client_id: str = ""
    alpaca_client_secret: SecretStr | None = None
    webull_client_id: str = ""
    webull_client_secret: SecretStr | None = None
    webull_app_key: str = ""
    webull_app_secret: SecretStr | None = None

    @field_validator("operator_ids", "allowed_symbols", "denied_symbols", mode="before")
    @classmethod
    def _with_commas(cls, value: Any) -> Any:
        if isinstance(value, str):
            return frozenset(part.strip().upper() for part in value.split(",") if part.strip())
        return value

    @field_validator("broker_endpoints", mode="before")
    @classmethod
    def _addresses(cls, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        pairs = [part.strip().partition("=") for part in value.split(",") if part.strip()]
        if not all(name and address for name, _, address in pairs):
            raise ValueError("broker.name=address, with commas between")
        return tuple((name, address) for name, _, address in pairs)

    @field_validator("log_level")
    @classmethod
    def _known_level(cls, value: str) -> str:
        if value.upper() not in {"DEBUG", "INFO", "WARNING", "ERROR"}:
            raise ValueError("DEBUG, INFO, WARNING or ERROR")
        return value.upper()

    @model_validator(mode="after")
    def _claims_outlast_requests(self) -> "Settings":
        if self.claim_seconds <= 2 * self.order_deadline_seconds:
            raise ValueError("Set CLAIM_SECONDS to more than twice ORDER_DEADLINE_SECONDS")
        return self

    @model_validator(mode="after")
    def _requests_can_be_proven(self) -> "Settings":
        if self.discord_transport is DiscordTransport.HTTP and not self.discord_public_key:
            raise ValueError("Set DISCORD_PUBLIC_KEY, by which requests of Discord are known")
        return self

    @model_validator(mode="before")
    @classmethod
    def _empty_means_unset(cls, values: Any) -> Any:
        """`NAME=` in a file leaves the default, so that a copied `.env.example` works.

        Blanks around a value are never meant: consoles add a line's end to what is pasted.
        """
        if not isinstance(values, dict):
            return values
        bare = {
            name: value.strip() if isinstance(value, str) else value
            for name, value in values.items()
        }
        return {name: value for name, value in bare.items() if value != ""}

    @property
    def single_user(self) -> bool:
        """Whether only the owner may use the bot."""
        return self.deployment_mode is DeploymentMode.SINGLE_USER

    @property
    def has_pages(self) -> bool:
        """Whether browsers can be sent to pages of this bot, and can prove whose they are."""
        return self.configured >= PAGE_SETTINGS

    @property
    def errors_page(self) -> str:
        """Where people read of every way of failing; empty while browsers cannot come here."""
        return f"{self.public_url.rstrip('/')}/errors" if self.public_url else ""

    @property
    def limits(self) -> Limits:
        """The operator's limits on orders."""
        return Limits(
            max_order_value=self.max_order_value,
            max_position_value=self.max_position_value,
            max_orders_per_day=self.max_orders_per_day,
            price_collar_percent=self.price_collar_percent,
            max_daily_loss=self.max_daily_loss,
            max_concentration_percent=self.max_concentration_percent,
            only_in_market_hours=self.only_in_market_hours is Switch.ON,
            symbols=(
                SymbolList(
                    scope=Scope.OPERATOR,
                    allowed=self.allowed_symbols or None,
                    denied=self.denied_symbols,
                ),
            )
            if self.allowed_symbols or self.denied_symbols
            else (),
        )

    @property
    def configured(self) -> frozenset[str]:
        """The names, in capitals, of the optional settings that hold a value."""
        return frozenset(
            name.upper()
            for name in type(self).model_fields
            if getattr(self, name) not in (None, "", ())
        )


PAGE_SETTINGS: Final = frozenset({"PUBLIC_URL", "DISCORD_CLIENT_ID", "DISCORD_CLIENT_SECRET"})
"""What the pages need, on which people connect their accounts."""


class SettingsProblem(Exception):
    """The settings do not allow a start; the message lists what to set, one line each."""


REQUIRED_IN_CLOUD: Final = ("discord_token", "mongodb_uri", "credential_master_keys")
REQUIRED_AT_HOME: Final = ("discord_token", "owner_id")


def missing_settings(settings: Settings) -> tuple[str, ...]:
    """The names of required settings that hold no value, as environment variables."""
    required = REQUIRED_AT_HOME if settings.single_user else REQUIRED_IN_CLOUD
    return tuple(name.upper() for name in required if getattr(settings, name) in (None, ""))


_PASSED_ON: Final = ("PATH", "PYTHONPATH", "SYSTEMROOT", "TEMP", "TMP", "TMPDIR")


def passed_on() -> Mapping[str, str]:
    """What a process that this one starts gets of the environment: no settings, so no secrets."""
    return {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
