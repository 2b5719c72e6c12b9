"""A broker's code, imported on first use: SDKs are heavy, and most are never asked for.

The manifest names the adapter, `floorbroker.brokers.alpaca.adapter:AlpacaAdapter`. In
`credentials.py` beside it stand `AlpacaCredentials`, unless people can only sign in there, and
`AlpacaTokens`, if they can; the manifest then names the way to do so,
`floorbroker.brokers.alpaca.oauth:AlpacaOAuth`.
"""

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Final, cast

from pydantic import BaseModel, ValidationError

from floorbroker.brokers.context import BrokerContext
from floorbroker.brokers.oauth import OAuthContext, OAuthFlow
from floorbroker.brokers.port import BrokerAdapter
from floorbroker.brokers.spec import BrokerSpec
from floorbroker.domain.errors import InvalidInput, NotSupported

ACCESS_TOKEN: Final = "access_token"  # noqa: S105  # the name of a field
"""A field of every credential that comes from signing in, and of no other."""

FlowMaker = Callable[[OAuthContext], OAuthFlow]
"""How the class of a sign-in is called."""

AdapterMaker = Callable[[BrokerContext, BaseModel], BrokerAdapter]
"""How an adapter's class is called: with its surroundings and its own folder's credentials."""


def adapter_maker(spec: BrokerSpec) -> AdapterMaker:
    """The adapter's class.

    Raises:
        NotSupported: It is not built yet.
    """
    module, name = _address(spec)
    return cast(AdapterMaker, getattr(import_module(module), name))


def credentials_model(spec: BrokerSpec) -> type[BaseModel]:
    """What linking asks for, unless people can only sign in; forms and prompts are made from it.

    Raises:
        NotSupported: The adapter is not built yet.
    """
    return _beside(spec, "Credentials")


def flow_maker(spec: BrokerSpec) -> FlowMaker:
    """The class of the broker's sign-in.

    Raises:
        NotSupported: People do not sign in there, or it is not built yet.
    """
    _address(spec)
    if spec.sign_in is None:
        raise NotSupported(f"{spec.name} takes keys; nobody signs in there.", broker=spec.id)
    module, _, name = spec.sign_in.partition(":")
    return cast(FlowMaker, getattr(import_module(module), name))


def tokens_model(spec: BrokerSpec) -> type[BaseModel]:
    """What signing in leads to.

    Raises:
        NotSupported: The adapter is not built yet.
    """
    return _beside(spec, "Tokens")


def read_credentials(spec: BrokerSpec, given: Mapping[str, str]) -> BaseModel:
    """`given`, checked by the broker's own model.

    Raises:
        InvalidInput: Something is missing or unreadable. It names fields and never holds a value.
    """
    signed_in = spec.sign_in is not None and (ACCESS_TOKEN in given or not spec.takes_keys)
    model = tokens_model(spec) if signed_in else credentials_model(spec)
    try:
        return model.model_validate(dict(given))
    except ValidationError as error:
        named = {str(entry["loc"][0]) for entry in error.errors() if entry["loc"]}
    # Raised out here, so that the validation error, which holds the values, is no part of the
    # chain. Only names that the model itself has are told: others came from outside.
    fields = ", ".join(sorted(named & model.model_fields.keys()))
    about = f"Missing or unreadable: {fields}." if fields else "They cannot be read."
    raise InvalidInput(f"The credentials for {spec.name} do not fit. {about}", broker=spec.id)


def not_built(spec: BrokerSpec) -> NotSupported:
    """What to raise for a broker that is known and has no adapter."""
    return NotSupported(f"{spec.name} is not built into this version yet.", broker=spec.id)


def _beside(spec: BrokerSpec, what: str) -> type[BaseModel]:
    module, name = _address(spec)
    beside = import_module(f"{module.rpartition('.')[0]}.credentials")
    return cast(type[BaseModel], getattr(beside, f"{name.removesuffix('Adapter')}{what}"))


def _address(spec: BrokerSpec) -> tuple[str, str]:
    if spec.adapter is None:
        raise not_built(spec)
    module, _, name = spec.adapter.partition(":")
    return module, name
