"""Every broker that the product knows, and what may be asked of the list.

The tuple is the one place that names them all: factory, commands and documents read it. A new
broker is a new folder and one line here.
"""

from collections.abc import Iterable
from typing import Final

from floorbroker.brokers.alpaca.spec import SPEC as ALPACA
from floorbroker.brokers.binance.spec import SPEC as BINANCE
from floorbroker.brokers.coinbase.spec import SPEC as COINBASE
from floorbroker.brokers.etrade.spec import SPEC as ETRADE
from floorbroker.brokers.ibkr.spec import SPEC as IBKR
from floorbroker.brokers.kraken.spec import SPEC as KRAKEN
from floorbroker.brokers.moomoo.spec import SPEC as MOOMOO
from floorbroker.brokers.paper.spec import SPEC as PAPER
from floorbroker.brokers.schwab.spec import SPEC as SCHWAB
from floorbroker.brokers.spec import AuthFlow, BrokerSpec, Capability, Gateway
from floorbroker.brokers.tdameritrade.spec import SPEC as TDAMERITRADE
from floorbroker.brokers.webull.spec import SPEC as WEBULL
from floorbroker.domain.errors import DeploymentModeError, InvalidInput
from floorbroker.domain.ids import BrokerId
from floorbroker.domain.instruments import AssetClass
from floorbroker.domain.modes import DeploymentMode

BROKERS: Final[tuple[BrokerSpec, ...]] = (
    PAPER,
    ALPACA,
    SCHWAB,
    BINANCE,
    KRAKEN,
    COINBASE,
    ETRADE,
    WEBULL,
    TDAMERITRADE,
    IBKR,
    MOOMOO,
)
_BY_ID: Final = {spec.id: spec for spec in BROKERS}


def all_brokers() -> tuple[BrokerSpec, ...]:
    """Every broker, in the order in which people see them: the built-in one first."""
    return BROKERS


def get_broker(broker_id: str) -> BrokerSpec:
    """The manifest of one broker.

    Raises:
        InvalidInput: There is no such id. The text that was given is not repeated.
    """
    spec = _BY_ID.get(BrokerId(broker_id))
    if spec is None:
        raise InvalidInput("Unsupported broker")
    return spec


def requires_local_gateway(broker_id: str) -> bool:
    """Whether a process must run on the bot's own machine.

    Raises:
        InvalidInput: There is no such id.
    """
    return get_broker(broker_id).requires_local_gateway


def multi_user_brokers() -> tuple[BrokerId, ...]:
    """Ids of the brokers that a bot in the cloud can link, the retired one included.

    The built-in broker is not among them: nobody links it.
    """
    return tuple(spec.id for spec in _linkable(DeploymentMode.MULTI_USER))


def single_user_only_brokers() -> tuple[BrokerId, ...]:
    """Ids of the brokers that work only beside a gateway at home."""
    return tuple(spec.id for spec in BROKERS if DeploymentMode.MULTI_USER not in spec.modes)


def brokers_in(mode: DeploymentMode) -> tuple[BrokerSpec, ...]:
    """The brokers that can work in `mode`, the built-in and the retired one included."""
    return tuple(spec for spec in BROKERS if mode in spec.modes)


def brokers_with_api(api_type: str) -> tuple[BrokerSpec, ...]:
    """The brokers whose `api_type` begins with `api_type`: `REST`, `Socket`."""
    return tuple(spec for spec in BROKERS if spec.api_type.startswith(api_type))


def brokers_trading(asset_class: AssetClass) -> tuple[BrokerSpec, ...]:
    """The brokers at which `asset_class` can be traded; a retired one trades nothing."""
    return tuple(spec for spec in BROKERS if asset_class in spec.asset_classes and not spec.retired)


def brokers_offering(capability: Capability) -> tuple[BrokerSpec, ...]:
    """The brokers that have `capability`."""
    return tuple(spec for spec in BROKERS if capability in spec.capabilities)


def check_mode(spec: BrokerSpec, mode: DeploymentMode) -> None:
    """The gate before every adapter: a gateway broker never passes in the cloud.

    Raises:
        DeploymentModeError: Which gateway is needed, why it cannot work here, and every broker
            that does.
    """
    if mode in spec.modes:
        return
    if spec.gateway is None:
        raise ValueError("Only a gateway keeps a broker out of a deployment mode.")
    alternatives = tuple(_linkable(mode))
    raise DeploymentModeError(
        _why_not(spec, spec.gateway, alternatives),
        broker=spec.id,
        gateway=spec.gateway.process,
        alternatives=tuple((other.name, str(other.id)) for other in alternatives),
    )


def _linkable(mode: DeploymentMode) -> Iterable[BrokerSpec]:
    return (spec for spec in brokers_in(mode) if spec.auth_flow is not AuthFlow.NONE)


def _why_not(spec: BrokerSpec, gateway: Gateway, alternatives: Iterable[BrokerSpec]) -> str:
    # That a gateway takes no connection from outside would be untrue: TWS has a list of trusted
    # addresses. The reasons below are the true ones, the last of them our own rule.
    recommended = " or ".join(get_broker(other).name for other in spec.alternatives)
    return "\n".join(
        [
            f"{spec.name} ({spec.id}) requires local {gateway.process} "
            "and only supports single-user deployments.",
            "",
            f"Problem: {spec.name} API connects to localhost:{gateway.port}, expecting a Gateway "
            "process running on the same machine. In the cloud there is none: each gateway serves "
            "one person, who logs in to it by hand with a second factor, and a bot that serves "
            "many people never connects to addresses in their homes.",
            "",
            f"Closest to it: {recommended}. These brokers need no gateway:",
            *(_line(other) for other in alternatives),
        ]
    )


def _line(spec: BrokerSpec) -> str:
    line = f"  - {spec.name} ({spec.id})"
    if spec.supported_by is None:
        return line
    return f"{line}, closed: leads to {get_broker(spec.supported_by).name}"
