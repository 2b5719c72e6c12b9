"""Every way of failing has a code; `error_words` has what people read of it."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class ErrorCode(StrEnum):
    """The name of a failure, on cards, in logs, metrics and documentation."""

    CONNECTION_FAILED = "CONNECTION_FAILED"
    AUTHENTICATION_FAILED = "AUTHENTICATION_FAILED"
    GATEWAY_NOT_RUNNING = "GATEWAY_NOT_RUNNING"
    SESSION_EXPIRED = "SESSION_EXPIRED"
    INSUFFICIENT_FUNDS = "INSUFFICIENT_FUNDS"
    POSITION_SIZE_EXCEEDED = "POSITION_SIZE_EXCEEDED"
    MARKET_CLOSED = "MARKET_CLOSED"
    SYMBOL_NOT_FOUND = "SYMBOL_NOT_FOUND"
    MARKET_DATA = "MARKET_DATA"
    ORDER_REJECTED = "ORDER_REJECTED"
    RISK_LIMIT_EXCEEDED = "RISK_LIMIT_EXCEEDED"
    DAILY_LOSS_LIMIT = "DAILY_LOSS_LIMIT"
    MARGIN_CALL = "MARGIN_CALL"
    RATE_LIMIT_EXCEEDED = "RATE_LIMIT_EXCEEDED"
    API_ERROR = "API_ERROR"
    TIMEOUT = "TIMEOUT"
    UNKNOWN = "UNKNOWN"
    OUTCOME_UNKNOWN = "OUTCOME_UNKNOWN"
    NOT_SENT = "NOT_SENT"
    DEPLOYMENT_MODE = "DEPLOYMENT_MODE"
    NOT_LINKED = "NOT_LINKED"
    KILL_SWITCH = "KILL_SWITCH"
    POLICY = "POLICY"
    INVALID_INPUT = "INVALID_INPUT"
    AMBIGUOUS_SYMBOL = "AMBIGUOUS_SYMBOL"
    NOT_SUPPORTED = "NOT_SUPPORTED"
    NOT_YOURS = "NOT_YOURS"
    DRAFT_EXPIRED = "DRAFT_EXPIRED"
    LINK_EXPIRED = "LINK_EXPIRED"
    LINK_USED = "LINK_USED"
    NOT_POSTED = "NOT_POSTED"
    BUSY = "BUSY"
    STORE_UNAVAILABLE = "STORE_UNAVAILABLE"
    BROKER_RETIRED = "BROKER_RETIRED"
    MISSING_EXTRA = "MISSING_EXTRA"
    REGION_REFUSED = "REGION_REFUSED"


class Action(StrEnum):
    """What the product does about a failure."""

    RECOVERED = "RECOVERED"
    NOTIFY_USER = "NOTIFY_USER"
    RETRY_WITH_BACKOFF = "RETRY_WITH_BACKOFF"
    REAUTHENTICATE = "REAUTHENTICATE"
    READ_BACK = "READ_BACK"
    LOG_AND_NOTIFY = "LOG_AND_NOTIFY"


class Sent(StrEnum):
    """Whether anything left for the broker."""

    NOTHING = "Nothing was sent to your broker."
    NOTHING_NEW = "Nothing was sent to your broker. What was sent before is as it was."
    REFUSED = "The order was sent and the broker refused it. No order is open."
    UNSURE = "That is not certain."
    MAYBE = "The order was sent. Whether the broker took it is being checked."


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """How a failure is told and what is done about it.

    Attributes:
        happened: One sentence; an error with a message of its own replaces it.
        can_retry: Whether trying the same again may succeed.
        retry_after: How long to wait before that; None where there is nothing to wait for.
    """

    title: str
    happened: str
    now: str
    sent: Sent = Sent.NOTHING
    action: Action = Action.NOTIFY_USER
    can_retry: bool = False
    retry_after: timedelta | None = None
