"""What can go wrong, named by what happened.

    FloorbrokerError
     ├─ InvalidInput · AmbiguousSymbol · NotYours · NotLinked · DraftExpired · Busy
     ├─ LinkExpired · LinkUsed     in link_ticket
     ├─ NotPosted                  in ideas
     ├─ PolicyRefused · Paused · StoreUnavailable
     ├─ LimitExceeded              several violations in one
     ├─ DeploymentModeError · BrokerRetired · MissingExtra
     └─ BrokerError                something at or on the way to a broker
         ├─ NotSent                nothing left this process
         ├─ OrderRejected          the broker's own refusal: proof
         ├─ OutcomeUnknown         sent, and nothing proves what became of it
         └─ BrokerConnectionError · AuthenticationFailed · SessionExpired · GatewayNotRunning ·
            InsufficientFunds · MarketClosed · SymbolNotFound · MarginCall · RateLimited ·
            ApiError · BrokerTimeout · NotSupported · RegionRefused

The message of an error is a sentence for people. What only an operator should read goes into
`detail`, which reaches the log and never a card.
"""

from datetime import timedelta

from floorbroker.domain.error_codes import Action, ErrorCode, Words
from floorbroker.domain.error_words import WORDS
from floorbroker.domain.ids import LinkId


class FloorbrokerError(Exception):
    """The root: a code, a sentence for people, and what to do about it.

    Attributes:
        message: What happened, safe to show.
        detail: For the log only; constant or redacted.
        broker: The broker's id, where one is concerned.
        link_id: The caller's link of which the broker refuses the credential, where it is known.
        sent: Whether anything left for the broker; the code's own word unless more is known.
    """

    code: ErrorCode = ErrorCode.UNKNOWN
    link_id: LinkId | None = None

    def __init__(self, message: str = "", *, broker: str = "", detail: str = "") -> None:
        """Without a message the code's own words are used."""
        self.message = message or self.words.happened
        self.broker = broker
        self.detail = detail
        self.sent = self.words.sent
        super().__init__(self.message)

    @property
    def words(self) -> Words:
        """The code's words for people."""
        return WORDS[self.code]

    @property
    def action(self) -> Action:
        """What the product does about it."""
        return self.words.action

    @property
    def can_retry(self) -> bool:
        """Whether the same may succeed later."""
        return self.words.can_retry

    @property
    def retry_after(self) -> timedelta | None:
        """How long to wait before trying again."""
        return self.words.retry_after


class InvalidInput(FloorbrokerError):
    """A value that a person gave cannot be used."""

    code = ErrorCode.INVALID_INPUT


class AmbiguousSymbol(FloorbrokerError):
    """Several instruments answer to one symbol."""

    code = ErrorCode.AMBIGUOUS_SYMBOL


class NotYours(FloorbrokerError):
    """Somebody else's, or not there: the two are not told apart."""

    code = ErrorCode.NOT_YOURS


class NotLinked(FloorbrokerError):
    """The person has no account for this."""

    code = ErrorCode.NOT_LINKED


class DraftExpired(FloorbrokerError):
    """The review card is too old, used up, or its price has moved away."""

    code = ErrorCode.DRAFT_EXPIRED


class Busy(FloorbrokerError):
    """The process is draining, or a queue is full."""

    code = ErrorCode.BUSY


class PolicyRefused(FloorbrokerError):
    """A rule of the operator, the server or the person forbids it."""

    code = ErrorCode.POLICY


class Paused(FloorbrokerError):
    """A kill switch is set."""

    code = ErrorCode.KILL_SWITCH


class StoreUnavailable(FloorbrokerError):
    """The database did not answer."""

    code = ErrorCode.STORE_UNAVAILABLE


class LimitExceeded(FloorbrokerError):
    """One or more limits would be broken; `code` is the first one's."""

    def __init__(self, code: ErrorCode, message: str) -> None:
        """`message` names every limit, joined by a comma."""
        self.code = code
        super().__init__(message)


class DeploymentModeError(FloorbrokerError):
    """A gateway broker was asked for where no gateway can run.

    Attributes:
        gateway: The process that would have to run on this machine.
        alternatives: Name and id of every broker that works here.
    """

    code = ErrorCode.DEPLOYMENT_MODE

    def __init__(
        self, message: str, *, broker: str, gateway: str, alternatives: tuple[tuple[str, str], ...]
    ) -> None:
        """`message` is the full explanation, alternatives included."""
        super().__init__(message, broker=broker)
        self.gateway = gateway
        self.alternatives = alternatives


class BrokerRetired(FloorbrokerError):
    """The broker lives on under another one's id, `successor`."""

    code = ErrorCode.BROKER_RETIRED

    def __init__(self, message: str, *, broker: str, successor: str) -> None:
        """`successor` is the id of the broker that took over."""
        super().__init__(message, broker=broker)
        self.successor = successor


class MissingExtra(FloorbrokerError):
    """The broker's SDK is not installed; `detail` says how to install it."""

    code = ErrorCode.MISSING_EXTRA


class BrokerError(FloorbrokerError):
    """Something at a broker, or on the way to it."""

    code = ErrorCode.API_ERROR

    def __init__(
        self,
        message: str = "",
        *,
        broker: str = "",
        detail: str = "",
        retry_after: timedelta | None = None,
    ) -> None:
        """`retry_after` is the broker's own demand and goes before the code's default."""
        super().__init__(message, broker=broker, detail=detail)
        self._retry_after = retry_after

    @property
    def retry_after(self) -> timedelta | None:
        """The broker's own demand, else the code's default."""
        return self.words.retry_after if self._retry_after is None else self._retry_after


class NotSent(BrokerError):
    """Nothing left this process: a refused connection, an open breaker, a full queue."""

    code = ErrorCode.NOT_SENT


class OrderRejected(BrokerError):
    """The broker refused the order in so many words; `reason` is the code of its refusal."""

    code = ErrorCode.ORDER_REJECTED

    def __init__(
        self, message: str = "", *, broker: str = "", reason: ErrorCode = ErrorCode.ORDER_REJECTED
    ) -> None:
        """`message` is the broker's own sentence."""
        super().__init__(message, broker=broker)
        self.reason = reason


class OutcomeUnknown(BrokerError):
    """The order was sent and nothing proves what became of it."""

    code = ErrorCode.OUTCOME_UNKNOWN


class BrokerConnectionError(BrokerError):
    """The broker cannot be reached."""

    code = ErrorCode.CONNECTION_FAILED


class AuthenticationFailed(BrokerError):
    """The broker does not accept the credential."""

    code = ErrorCode.AUTHENTICATION_FAILED


class SessionExpired(BrokerError):
    """A token has run out; the person must link again."""

    code = ErrorCode.SESSION_EXPIRED


class GatewayNotRunning(BrokerError):
    """Nothing listens on the gateway's port."""

    code = ErrorCode.GATEWAY_NOT_RUNNING


class InsufficientFunds(BrokerError):
    """Too little buying power."""

    code = ErrorCode.INSUFFICIENT_FUNDS


class MarketClosed(BrokerError):
    """The market does not trade now."""

    code = ErrorCode.MARKET_CLOSED


class SymbolNotFound(BrokerError):
    """The broker does not know the symbol."""

    code = ErrorCode.SYMBOL_NOT_FOUND


class MarginCall(BrokerError):
    """The account is under a margin call."""

    code = ErrorCode.MARGIN_CALL


class RateLimited(BrokerError):
    """Too many requests, ours or the broker's count."""

    code = ErrorCode.RATE_LIMIT_EXCEEDED


class ApiError(BrokerError):
    """The broker answered a read with an error."""

    code = ErrorCode.API_ERROR


class BrokerTimeout(BrokerError):
    """The broker did not answer a read in time. An order is never timed out: it is unknown."""

    code = ErrorCode.TIMEOUT


class NotSupported(BrokerError):
    """The broker, or this account of it, does not offer that."""

    code = ErrorCode.NOT_SUPPORTED


class RegionRefused(BrokerError):
    """The broker does not serve the region that the bot runs in (HTTP 451)."""

    code = ErrorCode.REGION_REFUSED
