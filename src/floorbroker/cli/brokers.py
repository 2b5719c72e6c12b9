"""`floorbroker brokers`: which of them can be linked in this deployment, and what the rest lack."""

import json
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet

from floorbroker.brokers.availability import Availability, availabilities
from floorbroker.cli.findings import Finding, Level
from floorbroker.config import Settings
from floorbroker.domain.modes import DeploymentMode


def present_brokers(settings: Settings) -> tuple[Availability, ...]:
    """Every broker as it stands with these settings."""
    return availabilities(settings.deployment_mode, settings.configured)


def brokers_report(mode: DeploymentMode, brokers: Sequence[Availability], *, as_json: bool) -> str:
    """What the command prints."""
    return _json(mode, brokers) if as_json else "\n".join(_lines(mode, brokers))


def broker_finding(present: Availability, configured_settings: AbstractSet[str]) -> Finding:
    """A broker that nobody set up is no fault; one that was set up by half may be."""
    needed = set(present.spec.operator_settings)
    if present.selectable:
        level, what = Level.OK, present.reason_for_people or "People can choose it."
    else:
        half_set_up = bool(needed & configured_settings)
        level = Level.WARN if half_set_up and present.spec.adapter else Level.INFO
        what = present.reason_for_people
    return Finding(level=level, about=present.spec.name, what=what, todo=present.fix_for_operator)


def _lines(mode: DeploymentMode, brokers: Sequence[Availability]) -> Iterator[str]:
    ids = max(len(one.spec.id) for one in brokers)
    names = max(len(one.spec.name) for one in brokers)
    yield f"Brokers in {mode} mode"
    yield ""
    for one in brokers:
        head = f"{one.spec.id:<{ids}}  {one.spec.name:<{names}}  {_status(one):<9}"
        told = [text for text in (one.reason_for_people, one.fix_for_operator) if text]
        yield f"{head}  {told[0] if told else ''}".rstrip()
        for text in told[1:]:
            yield f"{'':<{len(head)}}  → {text}"


def _json(mode: DeploymentMode, brokers: Sequence[Availability]) -> str:
    rows = [
        {
            "id": one.spec.id,
            "name": one.spec.name,
            "status": _status(one),
            "selectable": one.selectable,
            "reason": one.reason_for_people,
            "fix": one.fix_for_operator,
        }
        for one in brokers
    ]
    return json.dumps({"mode": mode, "brokers": rows}, indent=2, ensure_ascii=False)


def _status(one: Availability) -> str:
    if one.selectable:
        return "ready"
    return "retired" if one.spec.retired else "not ready"
