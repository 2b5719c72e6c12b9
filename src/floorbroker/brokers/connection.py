"""What trying a credential showed."""

from dataclasses import dataclass

from floorbroker.brokers.port import KeyRights
from floorbroker.brokers.spec import BrokerSpec
from floorbroker.domain.errors import BrokerError
from floorbroker.domain.portfolio import BrokerAccount


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewayWarning:
    """What a person must keep running on their own machine."""

    message: str
    gateway_process: str
    gateway_port: int
    type: str = "gateway-required"


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionTest:
    """The outcome of one attempt to connect.

    Attributes:
        accounts: What the credential reaches; empty on failure.
        rights: What the credential may do, where the broker tells.
        warnings: Told on success too; a warning is not a failure.
        error: Why the attempt failed; None on success.
    """

    accounts: tuple[BrokerAccount, ...]
    warnings: tuple[GatewayWarning, ...]
    rights: KeyRights | None = None
    error: BrokerError | None = None

    @property
    def success(self) -> bool:
        """Whether the broker answered this credential."""
        return self.error is None


def warnings_for(spec: BrokerSpec) -> tuple[GatewayWarning, ...]:
    """What to tell before anybody connects, whether or not connecting works."""
    if spec.gateway is None:
        return ()
    process, port = spec.gateway.process, spec.gateway.port
    return (
        GatewayWarning(
            message=f"{process} must be running on localhost:{port}",
            gateway_process=process,
            gateway_port=port,
        ),
    )
