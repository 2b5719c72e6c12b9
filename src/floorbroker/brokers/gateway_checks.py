"""What a look at a gateway shows, line by line; status cards and the doctor print it."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from importlib import import_module
from typing import Any, cast

from floorbroker.brokers.shared.gateways import Gateways
from floorbroker.brokers.spec import BrokerSpec


class Outcome(StrEnum):
    """How one line of a look ended."""

    GOOD = "good"
    NOTE = "note"
    WARNING = "warning"
    BAD = "bad"


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewayCheck:
    """One line.

    Attributes:
        about: Port, version, client id: a word or two.
        found: What was seen, a sentence.
        now: The one thing to do; empty where nothing has to be done.
    """

    about: str
    outcome: Outcome
    found: str
    now: str = ""


Examiner = Callable[[Mapping[str, Any], Gateways], Awaitable[Sequence[GatewayCheck]]]
"""With the operator's options and the process's gateways; it raises nothing.

It uses the connection that the process has, or opens it: then `Gateways.aclose` ends it.
"""


def examiner(spec: BrokerSpec) -> Examiner:
    """The function that looks at the broker's gateway.

    Raises:
        ValueError: It has none.
    """
    if spec.gateway is None or spec.gateway.examiner is None:
        raise ValueError(f"{spec.id} has no gateway to look at.")
    module, _, name = spec.gateway.examiner.partition(":")
    return cast(Examiner, getattr(import_module(module), name))
