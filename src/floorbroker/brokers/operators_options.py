"""The operator's own settings for brokers, by broker and in lower case."""

from collections.abc import Mapping
from typing import Any, Final

from floorbroker.brokers.registry import all_brokers
from floorbroker.config import Settings, Switch
from floorbroker.domain.ids import BrokerId

_PAPER: Final = BrokerId("paper")


def operators_options(
    settings: Settings, extra: Mapping[BrokerId, Mapping[str, Any]]
) -> Mapping[BrokerId, Mapping[str, Any]]:
    """How the paper broker behaves, and the applications that are registered with the others.

    Args:
        extra: Goes before the settings.
    """
    paper = {
        "seed": settings.paper_seed,
        "latency_seconds": settings.paper_latency_ms / 1000,
        "market_hours": settings.paper_market_hours is Switch.ON,
    }
    found = {_PAPER: paper, **_applications(settings)}
    return {
        broker: {**found.get(broker, {}), **extra.get(broker, {})} for broker in {*found, *extra}
    }


def _applications(settings: Settings) -> dict[BrokerId, dict[str, Any]]:
    return {
        spec.id: {name.lower(): getattr(settings, name.lower()) for name in spec.registration}
        for spec in all_brokers()
        if spec.registration
    }
