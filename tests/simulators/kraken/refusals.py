"""What Kraken says when it refuses: words in a list, inside a 200.

A failed request has `error` and no `result` (docs.kraken.com/rest, "Response Details"; the errors
guide of 2026 shows an empty one). Sources, in the order in which they were trusted:
- answers that others recorded from the live API in 2026, dated where they are used
- docs.kraken.com/exchange/guides/general/errors and the reference of each method
- support.kraken.com/articles/360001491786-api-error-messages
Words without a source are marked "unverified".
"""

from tests.simulators.serving import Answer, Refusal, html, json_answer


class KrakenRefusal(Refusal):
    """A request that is not carried out, in Kraken's words."""

    def __init__(self, *words: str, status: int = 200) -> None:
        """Usually one error; the list may hold several."""
        super().__init__(", ".join(words))
        self.words = words
        self.status = status

    def answer(self) -> Answer:
        """See `Refusal.answer`."""
        return json_answer({"error": list(self.words)}, self.status)


class ProxyPage(Refusal):
    """A page of the proxy in front of Kraken, such as its 520: it proves nothing."""

    def __init__(
        self, status: int, title: str = "Web server is returning an unknown error"
    ) -> None:
        """HTML with that status."""
        super().__init__(f"{status} {title}")
        self.status = status
        self.title = title

    def answer(self) -> Answer:
        """See `Refusal.answer`."""
        return html(self.status, self.title)


def invalid(what: str = "") -> KrakenRefusal:
    """`EGeneral:Invalid arguments`, and the name of the parameter or what is wrong with it."""
    return KrakenRefusal("EGeneral:Invalid arguments" + (f":{what}" if what else ""))


def invalid_key() -> KrakenRefusal:
    """No key, an unknown one or a revoked one."""
    return KrakenRefusal("EAPI:Invalid key")


def invalid_signature() -> KrakenRefusal:
    """`API-Sign` is not the signature of these bytes."""
    return KrakenRefusal("EAPI:Invalid signature")


def invalid_nonce() -> KrakenRefusal:
    """Not above the highest of this key."""
    return KrakenRefusal("EAPI:Invalid nonce")


def permission_denied() -> KrakenRefusal:
    """The key may not do that."""
    return KrakenRefusal("EGeneral:Permission denied")


def too_many_calls() -> KrakenRefusal:
    """The key's call counter is full."""
    return KrakenRefusal("EAPI:Rate limit exceeded")


def too_many_orders() -> KrakenRefusal:
    """The person's counter for that pair is full."""
    return KrakenRefusal("EOrder:Rate limit exceeded")


def unknown_pair() -> KrakenRefusal:
    """No pair has that name."""
    return KrakenRefusal("EQuery:Unknown asset pair")


def unknown_asset() -> KrakenRefusal:
    """No asset has that name."""
    return KrakenRefusal("EQuery:Unknown asset")


def unknown_order() -> KrakenRefusal:
    """It has ended, whichever way: recorded on 2026-09-08 and -13, for filled and canceled."""
    return KrakenRefusal("EOrder:Unknown order")


def never_minted() -> KrakenRefusal:
    """An id that Kraken never gave: recorded on 2026-09-12 for a cancel."""
    return KrakenRefusal("EOrder:Invalid order")


def unknown_method() -> KrakenRefusal:
    """Recorded by several: the one refusal whose status is 404."""
    return KrakenRefusal("EGeneral:Unknown method", status=404)


def insufficient_funds() -> KrakenRefusal:
    """The balance less what open orders hold does not suffice."""
    return KrakenRefusal("EOrder:Insufficient funds")


def post_only() -> KrakenRefusal:
    """It would have met the other side at once."""
    return KrakenRefusal("EOrder:Post only order")
