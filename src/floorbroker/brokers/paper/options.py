"""The operator's settings for the paper broker, read once per adapter."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from floorbroker.brokers.paper.faults import Faults, NoFaults


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperOptions:
    """What may be chosen.

    Attributes:
        seed: Names the market; every process with the same seed sees the same prices.
        latency_seconds: How long each answer takes.
        push_seconds: How often a stream looks whether prices have moved.
        market_hours: Shares trade in New York's hours only; without it always.
        faults: Failures on demand.
    """

    seed: str = "floorbroker"
    latency_seconds: float = 0.1
    push_seconds: float = 1.0
    market_hours: bool = False
    faults: Faults = field(default_factory=NoFaults)


def paper_options(options: Mapping[str, Any]) -> PaperOptions:
    """The options of a broker context; keys that are not ours are left alone."""
    defaults = PaperOptions()
    return PaperOptions(
        seed=str(options.get("seed", defaults.seed)),
        latency_seconds=float(options.get("latency_seconds", defaults.latency_seconds)),
        push_seconds=float(options.get("push_seconds", defaults.push_seconds)),
        market_hours=bool(options.get("market_hours", defaults.market_hours)),
        faults=options.get("faults") or defaults.faults,
    )
