"""Why an order, a cancel or an edit is refused inside a 200: the reasons of the reference.

The enumerations are those of docs.cdp.coinbase.com (create-order, edit-order, cancel-order). Two
shapes of `error_response` were recorded: what the preview finds stands in `preview_failure_reason`
(cotiq/coinbase-client-kotlin and ccxt have such answers), what the order itself meets stands in
`new_order_failure_reason` (ccxt). `error`, which the reference calls deprecated, has the reason
where it knows the word. Which reason stands for which mistake is documented by its name alone.
"""

from typing import Any, Final

INSUFFICIENT_FUND: Final = "PREVIEW_INSUFFICIENT_FUND"
DUPLICATE: Final = "DUPLICATE_CLIENT_ORDER_ID"

_OLD_ERRORS: Final = frozenset(
    {
        "UNSUPPORTED_ORDER_CONFIGURATION",
        "INVALID_SIDE",
        "INVALID_PRODUCT_ID",
        "INVALID_SIZE_PRECISION",
        "INVALID_PRICE_PRECISION",
        "INSUFFICIENT_FUND",
        "INVALID_LEDGER_BALANCE",
        "ORDER_ENTRY_DISABLED",
        "INELIGIBLE_PAIR",
        "INVALID_LIMIT_PRICE_POST_ONLY",
        "INVALID_LIMIT_PRICE",
        "INVALID_NO_LIQUIDITY",
        "INVALID_REQUEST",
        "COMMANDER_REJECTED_NEW_ORDER",
        "INSUFFICIENT_FUNDS",
        "UNTRADABLE_PRODUCT",
        "INVALID_BRACKET_PRICES",
        "END_TIME_IS_IN_THE_PAST",
        "POST_ONLY_NOT_ALLOWED_WITH_FOK",
        "TRADING_DISABLED",
        DUPLICATE,
    }
)
"""Of the words of `error`, those that occur here."""

_MESSAGES: Final = {"INSUFFICIENT_FUND": "Insufficient balance in source account"}
"""Recorded; the other reasons were seen with an empty message."""


class Rejected(Exception):
    """The order is refused. `reason` begins with PREVIEW_ where the preview found it."""

    def __init__(self, reason: str, message: str | None = None) -> None:
        """`message` is what was recorded for that reason, if not given."""
        super().__init__(reason)
        self.reason = reason
        self._message = message

    @property
    def by_preview(self) -> bool:
        """Whether a preview would have told it."""
        return self.reason.startswith("PREVIEW_")

    def error_response(self) -> dict[str, str]:
        """What stands in the answer to the order."""
        plain = self.reason.removeprefix("PREVIEW_")
        message = _MESSAGES.get(plain, "") if self._message is None else self._message
        field = "preview_failure_reason" if self.by_preview else "new_order_failure_reason"
        return {
            "error": plain if plain in _OLD_ERRORS else "UNKNOWN_FAILURE_REASON",
            "message": message,
            "error_details": "",
            field: self.reason,
        }


class EditRejected(Exception):
    """The edit is refused, by one of the edit's own reasons or by a preview's."""

    def __init__(self, reason: str) -> None:
        """Of the reference's edit_failure_reason, or PREVIEW_ and something."""
        super().__init__(reason)
        self.reason = reason

    def errors(self) -> list[dict[str, Any]]:
        """What stands in the answer to the edit."""
        preview = self.reason.startswith("PREVIEW_")
        field = "preview_failure_reason" if preview else "edit_failure_reason"
        return [{field: self.reason}]
