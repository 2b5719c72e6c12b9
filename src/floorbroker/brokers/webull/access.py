"""Whose key signs, and what else opens the accounts: a key of one's own, or signing in."""

from collections.abc import Mapping
from typing import Final, Protocol

from floorbroker.brokers.context import BrokerContext, LastingTokens, Tokens
from floorbroker.brokers.shared.wire import NoAccess, NotBegun
from floorbroker.brokers.webull.credentials import WebullCredentials, WebullTokens, present
from floorbroker.brokers.webull.errors import BROKER
from floorbroker.brokers.webull.signing import SHA1, SHA256, Signer
from floorbroker.domain.errors import BrokerError, NotSupported

Headers = Mapping[str, str]

_SECOND_FACTOR: Final = "x-access-token"
_ACCESS_TOKEN: Final = "access_token"  # noqa: S105 # the name of a field


class Access(Protocol):
    """What a request needs to be let in."""

    host: str
    by_platform: bool

    def signer(self) -> Signer:
        """Whoever signs.

        Raises:
            NotBegun: The adapter was closed.
        """
        ...

    async def headers(self) -> Headers:
        """Those beside the signature.

        Raises:
            NoAccess: They cannot be had now.
        """
        ...

    async def other_headers(self, refused: Headers) -> Headers | None:
        """Others than `refused`; None where there are none.

        Raises:
            NoAccess: They cannot be had now.
        """
        ...

    def forget(self) -> None:
        """Lets go of everything."""
        ...


class OwnKey:
    """A person's own application at Webull."""

    by_platform = False

    def __init__(self, context: BrokerContext, given: WebullCredentials) -> None:
        """See the class's first line."""
        self.host = context.endpoints[context.environment]
        key, secret = given.app_key.get_secret_value(), given.app_secret.get_secret_value()
        self._signer: Signer | None = Signer(key, secret, SHA256)
        token = "" if given.app_token is None else given.app_token.get_secret_value()
        self._headers: Headers = {_SECOND_FACTOR: token} if token else {}

    def signer(self) -> Signer:
        """See the protocol."""
        if self._signer is None:
            raise NotBegun("closed")
        return self._signer

    async def headers(self) -> Headers:
        """See the protocol."""
        return self._headers

    async def other_headers(self, refused: Headers) -> Headers | None:
        """See the protocol: a key is renewed by hand only."""
        del refused
        return None

    def forget(self) -> None:
        """See the protocol."""
        self._signer, self._headers = None, {}


class SignedIn:
    """The operator's application ("Connect"), for a person who signed in at Webull.

    Signed with HMAC-SHA1, the documentation's default: all that is known to have been used there.
    """

    by_platform = True

    def __init__(self, context: BrokerContext) -> None:
        """`context.tokens` has the person's access.

        Raises:
            NotSupported: The operator has no such application any more.
        """
        self.host = context.endpoints[f"connect_{context.environment.value}"]
        key, secret = application_key(context.options)
        if not key or not secret:
            words = "The operator of this bot is not registered with Webull any more."
            raise NotSupported(words, broker=BROKER)
        self._signer: Signer | None = Signer(key, secret, SHA1)
        self._tokens: Tokens = context.tokens

    def signer(self) -> Signer:
        """See the protocol."""
        if self._signer is None:
            raise NotBegun("closed")
        return self._signer

    async def headers(self) -> Headers:
        """See the protocol; renewed in time."""
        try:
            return _bearer(await self._tokens.current())
        except BrokerError as error:
            raise NoAccess(error) from error

    async def other_headers(self, refused: Headers) -> Headers | None:
        """See the protocol; renewed before its time if need be."""
        try:
            given = await self._tokens.current()
            if _bearer(given) == refused:
                given = await self._tokens.instead_of(given)
        except BrokerError as error:
            raise NoAccess(error) from error
        return _bearer(given)

    def forget(self) -> None:
        """See the protocol."""
        self._signer, self._tokens = None, LastingTokens({})


def access_with(context: BrokerContext, given: WebullCredentials | WebullTokens) -> Access:
    """The way in that `given` is for."""
    if isinstance(given, WebullTokens):
        return SignedIn(context)
    return OwnKey(context, given)


def application_key(options: Mapping[str, object]) -> tuple[str, str]:
    """The operator's app key and its secret; empty where they are not set."""
    return present(options.get("webull_app_key")), present(options.get("webull_app_secret"))


def _bearer(given: Mapping[str, str]) -> Headers:
    return {"Authorization": f"Bearer {given[_ACCESS_TOKEN]}"}
