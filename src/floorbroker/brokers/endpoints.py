"""The operator's own addresses for brokers; nobody else's word becomes a host, a port or a path."""

from collections.abc import Iterable, Mapping
from ipaddress import ip_address
from urllib.parse import urlsplit

from floorbroker.brokers.registry import all_brokers
from floorbroker.config import Settings, SettingsProblem
from floorbroker.domain.ids import BrokerId


def operators_endpoints(settings: Settings) -> Mapping[BrokerId, Mapping[str, str]]:
    """The operator's own addresses for brokers.

    Raises:
        SettingsProblem: One of them cannot be used.
    """
    try:
        return chosen_endpoints(settings.broker_endpoints)
    except EndpointProblem as problem:
        raise SettingsProblem(f"BROKER_ENDPOINTS: {problem}") from None


class EndpointProblem(Exception):
    """An address cannot be used; the message names the entry."""


def chosen_endpoints(given: Iterable[tuple[str, str]]) -> Mapping[BrokerId, Mapping[str, str]]:
    """`alpaca.paper` → address, by broker and name.

    Raises:
        EndpointProblem: No broker has an endpoint of that name, or the address is neither https
            nor one of this machine.
    """
    known = {
        f"{spec.id}.{name}": (spec.id, name) for spec in all_brokers() for name in spec.endpoints
    }
    chosen: dict[BrokerId, dict[str, str]] = {}
    for entry, address in given:
        if entry not in known:
            raise EndpointProblem(f"{entry} is none of {', '.join(sorted(known))}.")
        if not _usable(address):
            raise EndpointProblem(f"{entry} should be an https address without a slash at its end.")
        broker, name = known[entry]
        chosen.setdefault(broker, {})[name] = address
    return chosen


def _usable(address: str) -> bool:
    try:
        parts = urlsplit(address)
        there = parts.hostname and parts.port != 0
    except ValueError:
        return False
    if not there or parts.username or parts.query or parts.fragment or address.endswith("/"):
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and _here(parts.hostname or ""))


def _here(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
