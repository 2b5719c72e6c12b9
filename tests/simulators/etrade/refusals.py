"""What E*TRADE says when it does not do a thing.

Two shapes. The API answers `{"Error": {"code": 102, "message": "…"}}`, and without a code where
OAuth is the trouble (pyetrade/order.py reads it so). /oauth answers a page of its web server
(jessecooper/pyetrade, issues 4, 5 and 52).

Sources of codes and words:
- "documented": apisb.etrade.com/docs/api, read in its public copies
- "recorded": quoted by people who met them; daironmichel/toolsbackbone (5001, PARTIAL),
  rasesh6/etrade-trading (101, 5001, 1037, 100 with 500, callback_rejected), pyetrade's issues 23,
  55 and 98, and others
- "unverified": made up here, because nothing public was found
"""

import json
from decimal import Decimal
from typing import Final
from xml.sax.saxutils import escape

from tests.simulators import serving
from tests.simulators.serving import Answer, html, json_answer

PAGE: Final = "text/html;charset=utf-8"
UNVERIFIED: Final = 9999
"""The code of refusals for which no public source names one: no adapter may rely on it."""

TIMED_OUT: Final = (
    "For your protection, we have timed out your original order request. "
    "If you would like to place this order, please resubmit it now."
)
RATE_LIMITED: Final = "Number of requests exceeded the rate limit set"


class EtradeRefusal(serving.Refusal):
    """A request to the API that is not carried out."""

    def __init__(
        self, code: int | None, message: str, *, status: int = 400, xml: bool = False
    ) -> None:
        """`xml`: order requests for JSON were seen to be refused in XML."""
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status
        self.xml = xml

    def answer(self) -> Answer:
        """See `serving.Refusal.answer`."""
        if self.xml:
            code = "" if self.code is None else f"<code>{self.code}</code>"
            raw = f"<Error>{code}<message>{escape(self.message)}</message></Error>"
            return Answer(status=self.status, body=raw.encode(), content_type="application/xml")
        error = {} if self.code is None else {"code": self.code}
        return json_answer({"Error": error | {"message": self.message}}, self.status)


class OAuthProblem(serving.Refusal):
    """A request that does not prove who sends it, or a token that opens nothing."""

    def __init__(self, problem: str, *, status: int = 401, more: str = "", page: bool) -> None:
        """`page`: the shape of /oauth; the API's else."""
        self.words = f"oauth_problem={problem}" + (f",{more}" if more else "")
        super().__init__(self.words)
        self.problem = problem
        self.status = status
        self.page = page

    def answer(self) -> Answer:
        """See `serving.Refusal.answer`; the page is shortened."""
        if not self.page:
            return json_answer({"Error": {"message": self.words}}, self.status)
        title = f"HTTP Status {self.status} - {self.words}"
        text = (
            f"<html><head><title> - Error report</title></head><body><h1>{title}</h1>"
            f"<p><b>type</b> Status report</p><p><b>message</b> <u>{self.words}</u></p>"
            f"<p><b>description</b> <u>This request requires HTTP authentication ({self.words})."
            "</u></p></body></html>"
        )
        return Answer(status=self.status, body=text.encode(), content_type=PAGE)


class NoPath(serving.Refusal):
    """A path that is not there; the answer is unverified."""

    def answer(self) -> Answer:
        """See `serving.Refusal.answer`."""
        return html(404, "Not Found")


def unavailable() -> EtradeRefusal:
    """Recorded often with 500, also for orders that were carried out."""
    words = "The requested service is not currently available, please try after sometime."
    return EtradeRefusal(100, words, status=500)


def unreadable() -> EtradeRefusal:
    """A body that cannot be read: the words were recorded for one (issue 98), the status not."""
    return unavailable()


def rate_limited(status: int = 400) -> EtradeRefusal:
    """Recorded as JSON without a code; 400 is documented for v0 (there as a page)."""
    return EtradeRefusal(None, RATE_LIMITED, status=status)


def not_your_account() -> EtradeRefusal:
    """Documented."""
    return EtradeRefusal(100, "Account key does not belong to user.")


def no_account() -> EtradeRefusal:
    """Documented, and recorded for an account id in the place of the key."""
    return EtradeRefusal(102, "Please enter valid Account Key")


def no_institution() -> EtradeRefusal:
    """Documented."""
    return EtradeRefusal(7002, "Invalid institution type")


def insufficient_funds(most: int) -> EtradeRefusal:
    """8400 and the end of the words are recorded, the beginning is unverified."""
    return EtradeRefusal(
        8400,
        "You have insufficient funds for this order; the maximum allowable quantity was "
        f"estimated to be {most}.",
    )


def insufficient_shares() -> EtradeRefusal:
    """Recorded in full."""
    return EtradeRefusal(
        1037,
        "We did not find enough available shares of this security in your account for the closing "
        "order as placed. Please check the number of shares you entered and resubmit your order. "
        "You may also need to check your open orders since shares for this security may already "
        "be allocated to an existing open order.",
    )


def cannot_be_cancelled() -> EtradeRefusal:
    """Recorded: for orders that were just executed."""
    return EtradeRefusal(
        5001,
        "This order is currently being executed or rejected. It cannot be cancelled.",
    )


def preview_timed_out() -> EtradeRefusal:
    """Recorded where place found no preview; here also for one that is old, used, or another's.

    It asks to send the order again although an order may live.
    """
    return EtradeRefusal(101, TIMED_OUT)


def invalid_preview_id() -> EtradeRefusal:
    """Recorded, with its brace."""
    return EtradeRefusal(101, "{com.etrade.api.v1.order.InvalidPreviewId}")


def unverified(message: str) -> EtradeRefusal:
    """A refusal whose code and words are not public."""
    return EtradeRefusal(UNVERIFIED, message)


def duplicate_order(client_order_id: str) -> EtradeRefusal:
    """Documented: the id "must be unique within this account". Code and words are unverified."""
    return unverified(f"The client order id {client_order_id} was used before.")


def no_such_order() -> EtradeRefusal:
    """Unverified."""
    return unverified("The order number is not valid.")


def bad_field(name: str, given: object) -> EtradeRefusal:
    """Unverified."""
    return unverified(f"{name} is not valid: {json.dumps(str(given))}")


def bad_price(price: Decimal) -> EtradeRefusal:
    """Unverified."""
    return unverified(f"The price {price} is not in the allowed increments.")


def invalid_symbol() -> EtradeRefusal:
    """Documented for look-ups and options."""
    return EtradeRefusal(10033, "The symbol entered is invalid. Please enter another symbol.")


def missing_symbol() -> EtradeRefusal:
    """Documented."""
    return EtradeRefusal(10043, "Missing symbol. Please enter valid symbol.")


def no_options() -> EtradeRefusal:
    """Documented."""
    return EtradeRefusal(10032, "No options are available for this symbol.")


def no_options_in_month() -> EtradeRefusal:
    """Documented, and recorded."""
    return EtradeRefusal(10031, "There are no options for the given month.")


def no_options_on_day() -> EtradeRefusal:
    """Documented."""
    words = "There are no options available for the given symbol or expiration date."
    return EtradeRefusal(10044, words)
