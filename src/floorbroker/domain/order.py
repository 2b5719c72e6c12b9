"""The stored order: one document from draft to end, and the only memory of it that matters."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from floorbroker.domain.error_codes import ErrorCode
from floorbroker.domain.ids import AccountId, BrokerId, LinkId, OrderId, UserId
from floorbroker.domain.modes import Environment
from floorbroker.domain.money import Money
from floorbroker.domain.order_state import OrderState
from floorbroker.domain.orders import Fill, Leg, OrderChanges, OrderRequest
from floorbroker.domain.risk import ProposedOrder


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """What the review card told the person, kept so that Confirm means exactly that.

    Attributes:
        price: What one unit cost at the market; None where no price was to be had.
        price_at: When the source made that price.
        cost: Signed: positive is paid, negative is received.
        notes: Rounding, opposite orders, limits touched: sentences for people.
        expires_at: Confirm is refused from then on.
        doubt: Why Confirm must be given twice; empty where once is enough.
        weighed: What the limits looked at, to be looked at again at Confirm.
        caution: The first note that speaks against sending it without its person's eyes; empty
            where none does.
    """

    price: Decimal | None
    price_at: datetime | None
    price_source: str
    delayed: bool
    cost: Money | None
    fees: Money | None
    buying_power_after: Money | None
    margin_required: Money | None
    notes: tuple[str, ...]
    expires_at: datetime
    doubt: str = ""
    weighed: ProposedOrder | None = None
    caution: str = ""

    @classmethod
    def none(cls, now: datetime) -> "Review":
        """Of an order that nobody has reviewed: it tells nothing and has expired."""
        return cls(
            price=None,
            price_at=None,
            price_source="",
            delayed=False,
            cost=None,
            fees=None,
            buying_power_after=None,
            margin_required=None,
            notes=(),
            expires_at=now,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """Who works on the order, and until when nobody else may."""

    owner: str
    until: datetime


class IntentKind(StrEnum):
    """What else can be asked of a broker about an order."""

    CANCEL = "cancel"
    MODIFY = "modify"


class IntentState(StrEnum):
    """Where a cancel or modify stands; it is sent once and read back, like the order."""

    SENDING = "sending"
    ACCEPTED = "accepted"
    UNKNOWN = "unknown"
    DONE = "done"
    REFUSED = "refused"
    NOT_SENT = "not_sent"

    @property
    def open(self) -> bool:
        """Not known to have ended."""
        return self in {IntentState.SENDING, IntentState.ACCEPTED, IntentState.UNKNOWN}


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """A cancel or modify that the person confirmed.

    Attributes:
        origin_key: The interaction that asked; a redelivered one changes nothing.
        reason: The broker's words for a refusal.
    """

    kind: IntentKind
    origin_key: str
    state: IntentState
    at: datetime
    changes: OrderChanges | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderEvent:
    """One line of an order's history; the audit trail is derived from these."""

    at: datetime
    what: str
    state: OrderState


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyAddress:
    """Where the card is, so that a restarted process can still tell the outcome.

    Attributes:
        sealed_token: The interaction token, sealed; useless after `token_expires_at`.
    """

    channel_id: str
    message_id: str
    sealed_token: str
    token_expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """What the person has been told so far.

    Attributes:
        events: How many of the order's events they know.
        message_id: The direct message that shows the order; None: there is none.
        at: When that message was sent or last changed.
        answer_by: Until then the answer to a click may still reach the card, over whatever is told
            there meanwhile; None: it has, or there is none.
    """

    events: int = 0
    message_id: str | None = None
    at: datetime | None = None
    answer_by: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Absence:
    """An order that was at work, and that its broker shows no more at one look after another."""

    since: datetime
    looks: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """An order at the broker that may be the one whose answer never came."""

    broker_order_id: str
    state: OrderState
    filled: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """See the module's first line.

    Attributes:
        order_id: Ours; also the client order id at the broker, stored before anything is sent.
        version: Counts every stored change; a writer names the version that it saw.
        origin_key: The interaction, alert or schedule it came from; unique.
        check_at: When it should be read back; None when nothing can change any more.
        replaced: The broker's ids before the present one, oldest first.
        refusal: Why the broker refused it, where its words have a code of their own.
        candidates: What a person is to choose from, where nothing else can tell which it is.
        news_at: When the person is to be told of the present state; None once told.
        asked_again: The person confirmed once, and was told of the review's doubt.
        absence: Since when the broker does not show it; None while it does.
        told: What they know of it; None in orders of versions that did not keep that.
    """

    order_id: OrderId
    version: int
    user_id: UserId
    link_id: LinkId
    account_id: AccountId
    broker: BrokerId
    environment: Environment
    origin_key: str
    request: OrderRequest
    review: Review
    state: OrderState
    created_at: datetime
    events: tuple[OrderEvent, ...]
    sent_at: datetime | None = None
    claim: Claim | None = None
    check_at: datetime | None = None
    broker_order_id: str | None = None
    replaced: tuple[str, ...] = ()
    fills: tuple[Fill, ...] = ()
    legs: tuple[Leg, ...] = ()
    reason: str = ""
    refusal: ErrorCode | None = None
    intent: Intent | None = None
    reply: ReplyAddress | None = None
    guild_id: str | None = None
    candidates: tuple[Candidate, ...] = ()
    news_at: datetime | None = None
    asked_again: bool = False
    told: Telling | None = None
    absence: Absence | None = None

    @property
    def filled_quantity(self) -> Decimal:
        """Units filled so far."""
        return sum((fill.quantity for fill in self.fills), Decimal(0))

    @property
    def out_of_sight(self) -> bool:
        """Seen at work last, and nobody looks any more: its account was removed here."""
        return self.state.working and self.check_at is None

    @property
    def fees(self) -> Mapping[str, Decimal]:
        """What was paid so far, by the currency it was paid in; never added across currencies."""
        sums: dict[str, Decimal] = {}
        for fill in self.fills:
            if fill.fee:
                sums[fill.fee_currency] = sums.get(fill.fee_currency, Decimal(0)) + fill.fee
        return sums

    @property
    def average_price(self) -> Decimal | None:
        """Volume-weighted over all fills; None before the first."""
        quantity = self.filled_quantity
        if not quantity:
            return None
        return sum((fill.quantity * fill.price for fill in self.fills), Decimal(0)) / quantity
