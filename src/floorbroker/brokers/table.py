"""The brokers as Markdown for README and documentation, made from the manifests alone."""

from collections.abc import Iterable, Sequence
from typing import Final

from floorbroker.brokers.registry import all_brokers, get_broker
from floorbroker.brokers.spec import BrokerSpec, Capability
from floorbroker.domain.modes import DeploymentMode

YES: Final = "✓"
NO: Final = "–"


def brokers_table() -> str:
    """Brokers × deployment modes × what works now."""
    heads = ("Broker", "Cloud (multi-user)", "At home (single-user)", "Access", "Works now")
    return _table(heads, (_row(spec) for spec in all_brokers()))


def capability_matrix() -> str:
    """Brokers × what they trade, how, and with which capabilities; retired ones left out."""
    specs = [spec for spec in all_brokers() if not spec.retired]
    rows = [
        ("Trades", *(_words(spec.asset_classes) for spec in specs)),
        ("Environments", *(_words(spec.environments) for spec in specs)),
        ("Order types", *(_words(spec.order_types) for spec in specs)),
        ("Times in force", *(_words(spec.times_in_force) for spec in specs)),
        *(_capability(capability, specs) for capability in Capability),
    ]
    return _table(("", *(spec.name for spec in specs)), rows)


def _row(spec: BrokerSpec) -> tuple[str, ...]:
    cloud = YES if DeploymentMode.MULTI_USER in spec.modes else NO
    home = YES if DeploymentMode.SINGLE_USER in spec.modes else NO
    if spec.gateway is not None:
        home = f"{YES} beside {spec.gateway.process}"
    return (f"{spec.emoji} {spec.name}", cloud, home, spec.auth_method, _status(spec))


def _status(spec: BrokerSpec) -> str:
    if spec.supported_by is not None:
        return f"Closed: leads to {get_broker(spec.supported_by).name}"
    return "Not built yet" if spec.adapter is None else YES


def _capability(capability: Capability, specs: Sequence[BrokerSpec]) -> tuple[str, ...]:
    marks = (YES if capability in spec.capabilities else NO for spec in specs)
    return (_plain(capability.value).capitalize(), *marks)


def _words(values: Iterable[str]) -> str:
    # Sets have no order of their own; without one the document would change from run to run.
    return ", ".join(sorted(_plain(value) for value in values))


def _plain(value: str) -> str:
    return value.replace("_", " ")


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(_cell(cell) for cell in line)} |" for line in lines) + "\n"


def _cell(text: str) -> str:
    # E*TRADE and an asterisk later in the row would make what stands between them italic.
    return text.replace("|", r"\|").replace("*", r"\*")
