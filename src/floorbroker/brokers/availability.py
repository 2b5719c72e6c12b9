"""Whether a broker can be linked right now, and what to do where it cannot."""

import importlib.util
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

from floorbroker.brokers.registry import all_brokers, get_broker
from floorbroker.brokers.spec import AuthFlow, BrokerSpec
from floorbroker.config import PAGE_SETTINGS
from floorbroker.domain.modes import DeploymentMode


@dataclass(frozen=True, slots=True, kw_only=True)
class Availability:
    """One broker's state in this deployment.

    Attributes:
        reason_for_people: Why it cannot be chosen, or what choosing a retired one leads to.
        fix_for_operator: What would make it selectable; empty where nothing has to be done.
    """

    spec: BrokerSpec
    selectable: bool
    reason_for_people: str = ""
    fix_for_operator: str = ""


def availability(
    spec: BrokerSpec, mode: DeploymentMode, configured_settings: AbstractSet[str]
) -> Availability:
    """What stands between a person and `spec`, the most lasting obstacle first.

    A retired broker is as available as the one that took over its accounts.

    Args:
        configured_settings: Names of the operator's settings that have a value, as the
            environment spells them (`SCHWAB_APP_KEY`).
    """
    if spec.supported_by is not None:
        return _of_retired(spec, mode, configured_settings)
    if mode not in spec.modes:
        return _behind_gateway(spec)
    if spec.adapter is None:
        return _blocked(
            spec,
            "Not built into this version yet.",
            f"Nothing to set: {spec.name} comes with a later version.",
        )
    if not sdk_installed(spec):
        return _blocked(
            spec,
            "The operator of this bot has not installed it.",
            f"Install its package: {install_command(spec)}",
        )
    if _needs_page(spec, mode):
        lacking = sorted(PAGE_SETTINGS - configured_settings)
        if lacking:
            return _blocked(
                spec,
                "The operator of this bot has not set up the page on which accounts are linked.",
                f"Set {' and '.join(lacking)}, then restart.",
            )
    missing = [name for name in spec.operator_settings if name not in configured_settings]
    if missing:
        return _blocked(
            spec,
            f"The operator of this bot has not registered it with {spec.name} yet.",
            f"Set {' and '.join(missing)}, then restart.",
        )
    return Availability(spec=spec, selectable=True)


def availabilities(
    mode: DeploymentMode, configured_settings: AbstractSet[str]
) -> tuple[Availability, ...]:
    """The same of every broker, in the registry's order."""
    return tuple(availability(spec, mode, configured_settings) for spec in all_brokers())


def _needs_page(spec: BrokerSpec, mode: DeploymentMode) -> bool:
    """In the cloud keys are given on a page; at home the terminal does as well."""
    by_page = spec.auth_flow not in {AuthFlow.NONE, AuthFlow.LOCAL_GATEWAY}
    return by_page and mode is DeploymentMode.MULTI_USER


def sdk_installed(spec: BrokerSpec) -> bool:
    """Whether the broker's SDK can be imported; looks for it without importing it."""
    return spec.sdk_module is None or importlib.util.find_spec(spec.sdk_module) is not None


def install_command(spec: BrokerSpec) -> str:
    """What an operator types to get the broker's SDK."""
    return f'pip install "floorbroker[{spec.extra or spec.id}]"'


def _of_retired(
    spec: BrokerSpec, mode: DeploymentMode, configured_settings: AbstractSet[str]
) -> Availability:
    successor = get_broker(spec.supported_by or "")
    present = availability(successor, mode, configured_settings)
    words = f"{spec.name} has closed; its accounts are at {successor.name} now."
    return replace(
        present, spec=spec, reason_for_people=f"{words} {present.reason_for_people}".rstrip()
    )


def _behind_gateway(spec: BrokerSpec) -> Availability:
    process = spec.gateway.process if spec.gateway else "a local process"
    return _blocked(
        spec,
        f"Needs {process} on the bot's own machine; not possible with a bot in the cloud.",
        "Run a bot of your own beside the gateway with DEPLOYMENT_MODE=single-user.",
    )


def _blocked(spec: BrokerSpec, reason: str, fix: str) -> Availability:
    return Availability(spec=spec, selectable=False, reason_for_people=reason, fix_for_operator=fix)
