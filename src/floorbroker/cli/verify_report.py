"""A verification as Markdown, to be pasted into an issue: nothing in it is personal."""

import platform
from collections.abc import Iterator
from datetime import datetime
from importlib import metadata

from floorbroker import __version__
from floorbroker.brokers.spec import BrokerSpec
from floorbroker.domain.orders import OrderRequest
from floorbroker.services.verification import Verification
from floorbroker.services.verification_steps import Step, StepResult


def markdown(done: Verification, *, at: datetime, own_endpoints: bool) -> str:
    """The whole report.

    Args:
        at: When it ended.
        own_endpoints: The operator's settings lead elsewhere than to the vendor.
    """
    return "\n".join([*_head(done, at, own_endpoints), "", *_steps(done), "", *_tail(done)])


def sdk_version(spec: BrokerSpec) -> str:
    """The package that the adapter speaks through, as it is installed here."""
    if spec.sdk_module is None:
        return "none"
    names = metadata.packages_distributions().get(spec.sdk_module, [])
    return ", ".join(f"{name} {metadata.version(name)}" for name in sorted(set(names))) or "none"


def _head(done: Verification, at: datetime, own_endpoints: bool) -> Iterator[str]:
    spec, environment = done.spec, done.environment.value.upper()
    what = "reads only" if done.read_only else "reads and one order"
    yield f"## floorbroker verify: {spec.name} {environment}, {'ok' if done.ok else 'FAILED'}"
    yield ""
    yield "| | |"
    yield "| --- | --- |"
    yield f"| Broker | {spec.name} (`{spec.id}`), {spec.api_type} |"
    yield f"| Environment | {environment} |"
    yield f"| Endpoints | {'set in BROKER_ENDPOINTS' if own_endpoints else 'the usual ones'} |"
    yield f"| What was done | {what}, with {done.symbol} |"
    if done.order is not None:
        yield f"| Order | {_order(done.order.request)}; our id `{done.order.order_id}` |"
    yield f"| SDK | {sdk_version(spec)} |"
    yield f"| floorbroker | {__version__} |"
    yield f"| Python | {platform.python_version()} on {platform.system()} |"
    yield f"| When | {at:%Y-%m-%d %H:%M} UTC |"


def _order(request: OrderRequest) -> str:
    amounts = f"{request.quantity:f} at {request.limit_price:f} {request.instrument.currency}"
    return f"{request.type.value} {request.side.value} of {amounts}, {request.time_in_force.value}"


def _steps(done: Verification) -> Iterator[str]:
    yield "| Step | Result | Seconds | Code | Note |"
    yield "| --- | --- | --- | --- | --- |"
    for step in done.steps:
        cells = (step.name, step.result, _seconds(step), step.code or "", step.note)
        yield f"| {' | '.join(cells)} |"


def _seconds(step: Step) -> str:
    return "" if step.result is StepResult.SKIPPED else f"{step.seconds:.2f}"


def _tail(done: Verification) -> Iterator[str]:
    capabilities = ", ".join(sorted(one.value for one in done.spec.capabilities))
    yield f"Capabilities declared: {capabilities or 'none'}."
    yield ""
    yield f"Left at the broker: {done.left or 'nothing.'}"
