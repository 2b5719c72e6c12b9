"""From a broker's id and a person's credentials to an adapter; the deployment gate comes first."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

from floorbroker.brokers.availability import install_command, sdk_installed
from floorbroker.brokers.connection import ConnectionTest, warnings_for
from floorbroker.brokers.context import BrokerContext, LastingTokens, Shared, Tokens
from floorbroker.brokers.gateway_checks import GatewayCheck, examiner
from floorbroker.brokers.loading import adapter_maker, flow_maker, not_built, read_credentials
from floorbroker.brokers.oauth import OAuthContext, OAuthFlow
from floorbroker.brokers.port import BrokerAdapter, KeyRights
from floorbroker.brokers.registry import all_brokers, check_mode, get_broker
from floorbroker.brokers.shared.hiding import Hiding
from floorbroker.brokers.spec import BrokerSpec, Capability
from floorbroker.domain.clock import Clock
from floorbroker.domain.errors import (
    BrokerError,
    BrokerRetired,
    BrokerTimeout,
    InvalidInput,
    MissingExtra,
    NotSupported,
)
from floorbroker.domain.ids import BrokerId, LinkId, UserId
from floorbroker.domain.modes import DeploymentMode, Environment
from floorbroker.domain.portfolio import BrokerAccount

PROBE_SECONDS: Final = 20.0
"""A person waits for the test of a link behind a deferred answer; longer than this helps nobody."""

_NO_OPTIONS: Final[Mapping[BrokerId, Mapping[str, Any]]] = MappingProxyType({})


class BrokerFactory:
    """Makes adapters for one deployment mode, fixed when the process starts."""

    def __init__(
        self,
        mode: DeploymentMode,
        *,
        clock: Clock,
        shared: Shared,
        endpoints: Mapping[BrokerId, Mapping[str, str]] = _NO_OPTIONS,
        options: Mapping[BrokerId, Mapping[str, Any]] = _NO_OPTIONS,
        brokers: Iterable[BrokerSpec] | None = None,
    ) -> None:
        """`endpoints` and `options` are the operator's; `brokers` stands in for the registry's."""
        self._mode = mode
        self._clock = clock
        self._shared = shared
        self._endpoints = endpoints
        self._options = options
        self._brokers = {spec.id: spec for spec in (all_brokers() if brokers is None else brokers)}

    @property
    def mode(self) -> DeploymentMode:
        """The process's own deployment mode."""
        return self._mode

    def check(self, broker_id: str, environment: Environment) -> BrokerSpec:
        """The manifest of a broker of which `create` could make an adapter.

        Raises:
            FloorbrokerError: As `create`, but for the credentials.
        """
        return self._with(environment, broker_id, None)

    def create(
        self,
        broker_id: str,
        *,
        environment: Environment,
        user_id: UserId,
        link_id: LinkId,
        credentials: Mapping[str, str],
        narrow: DeploymentMode | None = None,
        tokens: Tokens | None = None,
    ) -> BrokerAdapter:
        """An adapter that has not connected yet.

        Args:
            narrow: A second mode whose gate must be passed too. The process's own mode always
                counts, so this can refuse more and never allow more.
            tokens: Where the credential is renewed from time to time; left out, it is not.

        Raises:
            InvalidInput: No such broker, or credentials that miss something.
            DeploymentModeError: It needs a gateway that cannot run here.
            BrokerRetired: Another broker took over its accounts.
            NotSupported: It is not built yet, or lacks the environment.
            MissingExtra: Its SDK is not installed; `detail` says how to install it.
        """
        spec = self._with(environment, broker_id, narrow)
        context = BrokerContext(
            user_id=user_id,
            link_id=link_id,
            environment=environment,
            clock=self._clock,
            paper_books=self._shared.paper_books,
            transport=self._shared.transport,
            cache=self._shared.cache,
            allowances=self._shared.allowances,
            nonces=self._shared.nonces,
            gateways=self._shared.gateways,
            tokens=tokens or LastingTokens(credentials),
            endpoints=self._addresses(spec),
            options=self._options.get(spec.id, {}),
        )
        checked = read_credentials(spec, credentials)
        return adapter_maker(spec)(context, checked)

    def flow(self, broker_id: str, environment: Environment) -> OAuthFlow:
        """The broker's own sign-in.

        Raises:
            NotSupported: It has none, or the operator has registered no application there.
            FloorbrokerError: As `create`.
        """
        spec = self._with(environment, broker_id, None)
        make = flow_maker(spec)
        if not self.offers_sign_in(spec):
            words = f"The operator of this bot has not registered it with {spec.name} yet."
            raise NotSupported(words, broker=spec.id)
        context = OAuthContext(
            environment=environment,
            clock=self._clock,
            transport=self._shared.transport,
            endpoints=self._addresses(spec),
            options=self._options.get(spec.id, {}),
        )
        return make(context)

    def offers_sign_in(self, spec: BrokerSpec) -> bool:
        """Whether people can sign in at the broker with the operator's application."""
        spec = self._brokers.get(spec.id, spec)
        options = self._options.get(spec.id, {})
        registered = all(options.get(name.lower()) for name in spec.registration)
        return spec.sign_in is not None and registered

    async def examine(self, broker_id: str) -> Sequence[GatewayCheck]:
        """A look at the broker's gateway, line by line; empty for a broker without one.

        Raises:
            FloorbrokerError: As `create`: this deployment cannot have it.
        """
        spec = self._ready(broker_id, None)
        if spec.gateway is None:
            return ()
        return await examiner(spec)(self._options.get(spec.id, {}), self._shared.gateways)

    async def test_connection(
        self,
        broker_id: str,
        *,
        environment: Environment,
        user_id: UserId,
        link_id: LinkId,
        credentials: Mapping[str, str],
        narrow: DeploymentMode | None = None,
        deadline_seconds: float = PROBE_SECONDS,
    ) -> ConnectionTest:
        """Connects once with `credentials`, lists the accounts, and lets go again.

        A gateway's warning is always given and never decides: only the attempt does. Whatever
        happens, the adapter is closed.

        Raises:
            FloorbrokerError: As `create`: refused before anything was tried.
        """
        adapter = self.create(
            broker_id,
            environment=environment,
            user_id=user_id,
            link_id=link_id,
            credentials=credentials,
            narrow=narrow,
        )
        spec = self._brokers[BrokerId(broker_id)]
        warnings = warnings_for(spec)
        try:
            accounts, rights = await _probe(adapter, spec, deadline_seconds)
        except BrokerError as error:
            Hiding(credentials.values()).in_error(error)
            return ConnectionTest(accounts=(), warnings=warnings, error=error)
        finally:
            await adapter.close()
        return ConnectionTest(accounts=tuple(accounts), warnings=warnings, rights=rights)

    def _addresses(self, spec: BrokerSpec) -> Mapping[str, str]:
        return {**spec.endpoints, **self._endpoints.get(spec.id, {})}

    def _with(
        self, environment: Environment, broker_id: str, narrow: DeploymentMode | None
    ) -> BrokerSpec:
        spec = self._ready(broker_id, narrow)
        if environment not in spec.environments:
            raise NotSupported(_without(spec, environment), broker=spec.id)
        return spec

    def _ready(self, broker_id: str, narrow: DeploymentMode | None) -> BrokerSpec:
        spec = self._brokers.get(BrokerId(broker_id))
        if spec is None:
            raise InvalidInput("Unsupported broker")
        # Both gates, never one instead of the other: nothing that a call says widens the process.
        check_mode(spec, self._mode)
        if narrow is not None:
            check_mode(spec, narrow)
        if spec.supported_by is not None:
            successor = get_broker(spec.supported_by)
            raise BrokerRetired(
                f"{spec.name} has closed. Its accounts are at {successor.name} now: "
                f"link {successor.name} instead.",
                broker=spec.id,
                successor=successor.id,
            )
        # Before the SDK: installing a package for a broker that is not built would help nobody.
        if spec.adapter is None:
            raise not_built(spec)
        if not sdk_installed(spec):
            raise MissingExtra(broker=spec.id, detail=install_command(spec))
        return spec


async def _probe(
    adapter: BrokerAdapter, spec: BrokerSpec, deadline_seconds: float
) -> tuple[Sequence[BrokerAccount], KeyRights | None]:
    try:
        async with asyncio.timeout(deadline_seconds):
            await adapter.connect()
            accounts = await adapter.accounts()
            told = Capability.KEY_RIGHTS in spec.capabilities
            return accounts, await adapter.key_rights() if told else None
    except TimeoutError as error:
        raise BrokerTimeout from error


def _without(spec: BrokerSpec, environment: Environment) -> str:
    if environment is Environment.PAPER:
        return f"{spec.name} has no paper trading. The built-in paper broker does."
    return f"{spec.name} never trades real money."
