"""Each code's words for people: what happened, was anything sent, what now.

`docs/errors.md` has one row a code; a test holds the two in step.
"""

from datetime import timedelta
from typing import Final

from floorbroker.domain.error_codes import Action, ErrorCode, Sent, Words

_C = ErrorCode
_MINUTE: Final = timedelta(minutes=1)

WORDS: Final[dict[ErrorCode, Words]] = {
    _C.CONNECTION_FAILED: Words(
        title="No connection",
        happened="Unable to connect to broker",
        now="Try again in a moment. If it lasts, see the broker's status page.",
        can_retry=True,
        retry_after=timedelta(seconds=5),
    ),
    _C.AUTHENTICATION_FAILED: Words(
        title="Access refused",
        happened="The broker did not accept the stored access.",
        now="Link the account again with /setup renew.",
        action=Action.REAUTHENTICATE,
    ),
    _C.GATEWAY_NOT_RUNNING: Words(
        title="Gateway not running",
        happened="Nothing answers on the gateway's port.",
        now="Start the gateway, log in, and try again.",
        can_retry=True,
        retry_after=timedelta(seconds=10),
    ),
    _C.SESSION_EXPIRED: Words(
        title="Session expired",
        happened="Session expired, please reconnect",
        now="Link the account again with /setup renew, then repeat the command.",
        action=Action.REAUTHENTICATE,
        can_retry=True,
    ),
    _C.INSUFFICIENT_FUNDS: Words(
        title="Not enough buying power",
        happened="Insufficient funds for this trade",
        now="Order less, or free buying power. /balance shows what you have.",
    ),
    _C.POSITION_SIZE_EXCEEDED: Words(
        title="Position too large",
        happened="Position size exceeds limit",
        now="Order less. /risk show has the limits that apply to you.",
    ),
    _C.MARKET_CLOSED: Words(
        title="Market closed",
        happened="This market is closed now.",
        now="Wait for the open, or place a good-til-canceled limit order.",
        can_retry=True,
    ),
    _C.SYMBOL_NOT_FOUND: Words(
        title="Unknown symbol",
        happened="The broker does not know this symbol.",
        now="Check the spelling; the symbol option suggests what the broker has.",
    ),
    _C.MARKET_DATA: Words(
        title="No market data",
        happened="Nobody shows this now.",
        now="Try another time span or symbol, or look again later.",
        can_retry=True,
    ),
    _C.ORDER_REJECTED: Words(
        title="Order rejected",
        happened="The broker refused the order.",
        now="Read the broker's reason, change the order and review it again.",
        sent=Sent.REFUSED,
    ),
    _C.RISK_LIMIT_EXCEEDED: Words(
        title="Limit reached",
        happened="The order goes beyond a limit.",
        now="Change what the limit names: order less, set a price closer to the market, or wait "
        "for tomorrow. /risk show has the limits that apply to you.",
    ),
    _C.DAILY_LOSS_LIMIT: Words(
        title="Daily loss limit reached",
        happened="Today's loss has reached the limit.",
        now="Orders that close positions still go through; opening ones wait for tomorrow. "
        "/risk show has the figures.",
    ),
    _C.MARGIN_CALL: Words(
        title="Margin call",
        happened="The account is under a margin call.",
        now="Close positions or add funds at your broker.",
    ),
    _C.RATE_LIMIT_EXCEEDED: Words(
        title="Too many requests",
        happened="Rate limit exceeded",
        now="Wait a minute and try again.",
        action=Action.RETRY_WITH_BACKOFF,
        can_retry=True,
        retry_after=_MINUTE,
    ),
    _C.API_ERROR: Words(
        title="The broker had a problem",
        happened="The broker answered with an error.",
        now="Try again in a few minutes.",
        can_retry=True,
        retry_after=_MINUTE,
    ),
    _C.TIMEOUT: Words(
        title="No answer",
        happened="The broker did not answer in time.",
        now="Try again in a moment. If it lasts, see the broker's status page.",
        can_retry=True,
        retry_after=timedelta(seconds=5),
    ),
    _C.UNKNOWN: Words(
        title="Something went wrong",
        happened="The bot met an error of its own; it is logged for the operator.",
        now="Look at /orders before you repeat an order.",
        sent=Sent.UNSURE,
        action=Action.LOG_AND_NOTIFY,
    ),
    _C.OUTCOME_UNKNOWN: Words(
        title="Sent, outcome unknown",
        happened="The order was sent and no readable answer came back.",
        now="Do not repeat it. It is being looked up at your broker and this card will be updated.",
        sent=Sent.MAYBE,
        action=Action.READ_BACK,
    ),
    _C.NOT_SENT: Words(
        title="Not sent",
        happened="The order did not leave the bot.",
        now="It is safe to review and confirm it again.",
        can_retry=True,
    ),
    _C.DEPLOYMENT_MODE: Words(
        title="Single-User Deployment Required",
        happened="This broker needs a gateway on the bot's own machine.",
        now="Choose one of the brokers that /setup broker offers here.",
    ),
    _C.NOT_LINKED: Words(
        title="No account",
        happened="You have no account for this.",
        now="/setup broker opens one; paper trading needs no sign-up.",
    ),
    _C.KILL_SWITCH: Words(
        title="Trading is paused",
        happened="New orders are paused.",
        now="Orders that close a position still go through, with real money only where live "
        "trading is on. Whoever set the pause can lift it; your own ends with /resume.",
    ),
    _C.POLICY: Words(
        title="Not allowed here",
        happened="A rule of the operator, of this server or of your own does not allow it.",
        now="Your switches are in /settings, your limits in /risk show; a server's rules are its "
        "managers'.",
    ),
    _C.INVALID_INPUT: Words(
        title="That does not work",
        happened="A value of the command cannot be used.",
        now="Change what is named here and send the command again. /orders lists your orders.",
    ),
    _C.AMBIGUOUS_SYMBOL: Words(
        title="Which one?",
        happened="Several instruments answer to this symbol.",
        now="Choose one from the suggestions of the symbol option.",
    ),
    _C.NOT_SUPPORTED: Words(
        title="Not offered",
        happened="This account does not offer that.",
        now="Choose something that this account offers, or another account.",
    ),
    _C.NOT_YOURS: Words(
        title="Not yours",
        happened="This card or order belongs to somebody else, or is not there any more.",
        now="Use your own commands; /orders lists your orders.",
    ),
    _C.DRAFT_EXPIRED: Words(
        title="Review expired",
        happened="This review is no longer valid.",
        now="Send the command again for a fresh price.",
    ),
    _C.LINK_EXPIRED: Words(
        title="This link has expired",
        happened="A link to connect an account works for five minutes, and this one is over.",
        now="Ask for a fresh one with /setup broker.",
    ),
    _C.LINK_USED: Words(
        title="This link was used already",
        happened="A link to connect an account works once.",
        now="/setup accounts shows what is connected; /setup broker gives a fresh link.",
    ),
    _C.NOT_POSTED: Words(
        title="Not posted",
        happened="Your idea is not in the channel.",
        now="Ask who manages the server to let the bot view this channel and send messages in it; "
        "where the bot is no member, to let you use external apps. Or send /idea again later, or "
        "elsewhere.",
        can_retry=True,
    ),
    _C.BUSY: Words(
        title="Busy",
        happened="The bot is restarting or has too much to do.",
        now="Try again in a minute.",
        sent=Sent.NOTHING_NEW,
        can_retry=True,
        retry_after=_MINUTE,
    ),
    _C.STORE_UNAVAILABLE: Words(
        title="Storage not available",
        happened="The bot cannot reach its storage, so it sends no orders.",
        now="Try again in a few minutes. Your broker still works on what it has.",
        sent=Sent.NOTHING_NEW,
        can_retry=True,
        retry_after=_MINUTE,
    ),
    _C.BROKER_RETIRED: Words(
        title="This broker has closed",
        happened="The broker no longer exists under this name.",
        now="/setup broker leads to the one that took over its accounts.",
    ),
    _C.MISSING_EXTRA: Words(
        title="Not installed",
        happened="The bot's operator has not installed this broker's package.",
        now="Choose another broker, or ask the operator.",
    ),
    _C.REGION_REFUSED: Words(
        title="Not in this region",
        happened="The broker does not serve the region that the bot runs in.",
        now="Choose another broker, or ask the operator.",
    ),
}
