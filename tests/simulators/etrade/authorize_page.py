"""us.etrade.com/e/t/etws/authorize: where a person agrees, in a real browser.

Documented: the page shows a verification code, or, once a callback address was registered for the
key, the browser is sent there "with the verification code appended as a query parameter"
(apisb.etrade.com/docs/api/authorization/authorize.html). The wording of the pages, and what a
refusal leads to, are unverified.
"""

import html
from typing import Final
from urllib.parse import parse_qs, urlencode

from tests.simulators.etrade.asking import Answer, Ask, Route
from tests.simulators.etrade.people import Bank
from tests.simulators.etrade.refusals import PAGE
from tests.simulators.etrade.tokens import Office, RequestToken

PATH: Final = "/e/t/etws/authorize"
DELAYED: Final = (
    "Due to a logon delay or other issue, your authentication could not be completed at this time. "
    "Please try again."
)


class AuthorizePage:
    """The pages, and what their buttons do."""

    def __init__(self, office: Office, bank: Bank) -> None:
        """Everybody in the bank may be chosen."""
        self._office = office
        self._bank = bank

    def routes(self) -> list[Route]:
        """Both."""
        return [
            Route("GET", PATH, self._ask_the_person, open_to_all=True),
            Route("POST", PATH, self._decided, open_to_all=True),
        ]

    def _ask_the_person(self, ask: Ask) -> Answer:
        request = self._request(ask.query.get("key", ""), ask.query.get("token", ""))
        if request is None:
            return _page(400, "Log on to E*TRADE", f"<p>{DELAYED}</p>")
        people = "".join(
            f"<option>{html.escape(person.name)}</option>" for person in self._bank.people
        )
        hidden = "".join(
            f'<input type=hidden name="{name}" value="{html.escape(value)}">'
            for name, value in (("key", request.app.key), ("token", request.token))
        )
        return _page(
            200,
            "Log on to E*TRADE",
            f'<form method=post action="{PATH}">{hidden}'
            f"<p><label>User ID <select id=USER name=user>{people}</select></label></p>"
            "<p>By clicking Accept you let this application see and trade in your accounts.</p>"
            "<button id=acceptSubmit name=does value=accept>Accept</button> "
            "<button id=declineSubmit name=does value=decline>Decline</button></form>",
        )

    def _decided(self, ask: Ask) -> Answer:
        form = {
            name: values[-1] for name, values in parse_qs(ask.body.decode(errors="replace")).items()
        }
        request = self._request(form.get("key", ""), form.get("token", ""))
        person = self._bank.person(form.get("user", ""))
        if request is None or person is None:
            return _page(400, "Log on to E*TRADE", f"<p>{DELAYED}</p>")
        if form.get("does") != "accept":
            self._office.decline(request)
            return _page(200, "Declined", "<p>You have declined. You may close this window.</p>")
        verifier = self._office.accept(request, person)
        if request.app.callback:
            return Answer(status=302, headers={"Location": way_back(request)}, content_type=PAGE)
        return _page(
            200,
            "Authorization Complete",
            "<p>To finish, copy this code and enter it in the application.</p>"
            f'<div><input id=verifier readonly value="{verifier}"></div>',
        )

    def _request(self, key: str, token: str) -> RequestToken | None:
        request = self._office.requests.get(token)
        if request is None or request.app.key != key or request.decided:
            return None
        return None if request.is_over(self._office.now()) else request


def way_back(request: RequestToken) -> str:
    """The registered address with what E*TRADE appends; its own query stays."""
    address = request.app.callback or ""
    told = {"oauth_token": request.token} if request.app.tells_token else {}
    more = urlencode({**told, "oauth_verifier": request.verifier or ""})
    return f"{address}{'&' if '?' in address else '?'}{more}"


def _page(status: int, title: str, body: str) -> Answer:
    text = (
        "<!doctype html><html lang=en><meta charset=utf-8>"
        f"<link rel=icon href=data:,><title>{title}</title><h1>{title}</h1>{body}</html>"
    )
    return Answer(status=status, body=text.encode(), content_type=PAGE)
