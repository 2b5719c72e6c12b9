"""Manifests with an adapter that exists, and a factory over them."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final

from floorbroker.brokers.factory import BrokerFactory
from floorbroker.brokers.registry import all_brokers, get_broker
from floorbroker.brokers.spec import BrokerSpec
from floorbroker.domain.ids import BrokerId, LinkId, UserId
from floorbroker.domain.modes import DeploymentMode, Environment
from tests.brokers.fakes.surroundings import shared

SCRIPTED: Final = "tests.brokers.fakes.gatewayed.adapter:ScriptedAdapter"
GIVEN: Final = {"api_key": "0123456789", "api_secret": "abcdefghij"}
NOON: Final = datetime(2026, 11, 20, 12, tzinfo=UTC)


class StoppedClock:
    """It is always the same noon."""

    def now(self) -> datetime:
        return NOON

    def steady(self) -> float:
        return 0.0


def built(broker_id: str, **changes: Any) -> BrokerSpec:
    """The real manifest, as if its adapter were written and its SDK installed."""
    spec = replace(get_broker(broker_id), adapter=SCRIPTED, sdk_module=None)
    return replace(spec, **changes)


def factory_over(
    mode: DeploymentMode,
    *specs: BrokerSpec,
    options: Mapping[BrokerId, Mapping[str, Any]] | None = None,
) -> BrokerFactory:
    """A factory that knows `specs`, or the real registry if none is given."""
    known: Iterable[BrokerSpec] = specs or all_brokers()
    return BrokerFactory(
        mode,
        clock=StoppedClock(),
        shared=shared(StoppedClock()),
        options=options or {},
        brokers=known,
    )


def asked(**changes: Any) -> dict[str, Any]:
    """The arguments of `create` besides the broker's id."""
    usual: dict[str, Any] = {
        "environment": Environment.LIVE,
        "user_id": UserId("42"),
        "link_id": LinkId("link"),
        "credentials": GIVEN,
    }
    return usual | changes
