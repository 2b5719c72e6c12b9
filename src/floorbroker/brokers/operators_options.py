"""The operator's own settings for brokers, by broker and in lower case."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from floorbroker.brokers.registry import all_brokers
from floorbroker.brokers.spec import BrokerSpec
from floorbroker.config import Settings, Switch
from floorbroker.domain.ids import BrokerId

_PAPER: Final = BrokerId("paper")


def operators_options(
    settings: Settings, extra: Mapping[BrokerId, Mapping[str, Any]]
) -> Mapping[BrokerId, Mapping[str, Any]]:
    """How the paper broker behaves, the applications that are registered, where gateways are.

    Args:
        extra: Goes before the settings.
    """
    paper = {
        "seed": settings.paper_seed,
        "latency_seconds": settings.paper_latency_ms / 1000,
        "market_hours": settings.paper_market_hours is Switch.ON,
    }
    found = {_PAPER: paper, **_given(settings)}
    return {
        broker: {**found.get(broker, {}), **extra.get(broker, {})} for broker in {*found, *extra}
    }


def _given(settings: Settings) -> dict[BrokerId, dict[str, Any]]:
    return {
        spec.id: _named(settings, names) for spec in all_brokers() if (names := _settings(spec))
    }


def _settings(spec: BrokerSpec) -> tuple[str, ...]:
    return spec.gateway.settings if spec.gateway else spec.registration


def _named(settings: Settings, names: Iterable[str]) -> dict[str, Any]:
    return {name.lower(): getattr(settings, name.lower()) for name in names}
