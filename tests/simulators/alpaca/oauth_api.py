"""Alpaca Connect: the page on which a person agrees, and the exchange of the code.

https://docs.alpaca.markets/docs/using-oauth2-and-trading-api documents parameters, scopes and the
answer; how a refused exchange looks is RFC 6749's own (unverified), and so is the page.
"""

import html
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import parse_qs, urlencode
from uuid import uuid4

from tests.simulators.alpaca.asking import Answer, Ask, Route, json_answer
from tests.simulators.alpaca.people import Person

SCOPES: Final = frozenset({"account:write", "trading", "data"})
CODE_LIFE: Final = timedelta(minutes=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """What a code stands for."""

    person: Person
    client_id: str
    redirect_uri: str
    scope: str
    ends_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class App:
    """An app that was registered."""

    client_id: str
    secret: str = field(repr=False)
    redirect_uris: frozenset[str]


class OAuthApi:
    """See the module's first line.

    Attributes:
        apps: By client id.
        codes: Not used yet.
        visits: The queries with which browsers came.
        exchanges: The forms that came to the token endpoint.
        forgets_codes: No code is taken.
    """

    def __init__(
        self,
        people: Callable[[], list[Person]],
        tokens: dict[str, Person],
        now: Callable[[], datetime],
    ) -> None:
        """`tokens` is what the gate lets in."""
        self.apps: dict[str, App] = {}
        self.codes: dict[str, Code] = {}
        self.visits: list[Mapping[str, str]] = []
        self.exchanges: list[Mapping[str, str]] = []
        self.forgets_codes = False
        self._people = people
        self._tokens = tokens
        self._now = now

    def routes(self) -> list[Route]:
        """The page, its form, and the exchange."""
        return [
            Route("GET", "/oauth/authorize", self._page, open_to_all=True),
            Route("POST", "/oauth/authorize", self._decided, open_to_all=True),
            Route("POST", "/oauth/token", self._token, open_to_all=True),
        ]

    def decide(self, query: Mapping[str, str], person: Person, *, agrees: bool = True) -> str:
        """Where a browser is sent that came with `query`, once its person has decided."""
        back = {"state": query["state"]} if "state" in query else {}
        if not agrees:
            return f"{query['redirect_uri']}?{urlencode({'error': 'access_denied', **back})}"
        code = str(uuid4())
        self.codes[code] = Code(
            person=person,
            client_id=query["client_id"],
            redirect_uri=query["redirect_uri"],
            scope=query.get("scope", ""),
            ends_at=self._now() + CODE_LIFE,
        )
        return f"{query['redirect_uri']}?{urlencode({'code': code, **back})}"

    def _page(self, ask: Ask) -> Answer:
        self.visits.append(dict(ask.query))
        wrong = self._wrong(ask.query)
        if wrong:
            return _html(400, f"<h1>{wrong}</h1>")
        people = "".join(
            f"<option>{html.escape(one.name)}</option>" for one in self._known(ask.query)
        )
        target = html.escape(f"/oauth/authorize?{ask.raw_query}", quote=True)
        return _html(
            200,
            f"<h1>Connect your {ask.query.get('env', 'live and paper')} account</h1>"
            f"<form method=post action='{target}'><select name=person aria-label=Account>{people}"
            "</select><button name=does value=agree>Allow</button>"
            "<button name=does value=refuse>Deny</button></form>",
        )

    def _decided(self, ask: Ask) -> Answer:
        form = parse_qs(ask.body.decode())
        chosen = [p for p in self._known(ask.query) if [p.name] == form.get("person")]
        if self._wrong(ask.query) or not chosen:
            return _html(400, "<h1>Invalid request</h1>")
        target = self.decide(ask.query, chosen[0], agrees=form.get("does") == ["agree"])
        return Answer(status=302, headers={"Location": target})

    def _token(self, ask: Ask) -> Answer:
        form = {name: values[-1] for name, values in parse_qs(ask.body.decode()).items()}
        self.exchanges.append(form)
        app = self.apps.get(form.get("client_id", ""))
        if app is None or app.secret != form.get("client_secret"):
            return json_answer({"error": "invalid_client"}, 401)
        code = self.codes.pop(form.get("code", ""), None)
        fits = (
            code is not None
            and not self.forgets_codes
            and form.get("grant_type") == "authorization_code"
            and (code.client_id, code.redirect_uri) == (app.client_id, form.get("redirect_uri"))
            and self._now() < code.ends_at
        )
        if code is None or not fits:
            return json_answer({"error": "invalid_grant"}, 400)
        token = str(uuid4())
        self._tokens[token] = code.person
        return json_answer({"access_token": token, "token_type": "bearer", "scope": code.scope})

    def _known(self, query: Mapping[str, str]) -> list[Person]:
        wanted = query.get("env")
        return [one for one in self._people() if wanted in {None, one.environment}]

    def _wrong(self, query: Mapping[str, str]) -> str:
        app = self.apps.get(query.get("client_id", ""))
        if app is None or query.get("redirect_uri") not in app.redirect_uris:
            return "Unknown client or redirect address"
        if query.get("response_type") != "code" or query.get("env") not in {None, "live", "paper"}:
            return "Invalid request"
        return "" if set(query.get("scope", "").split()) <= SCOPES else "Invalid scope"


def _html(status: int, inner: str) -> Answer:
    page = f"<!doctype html><title>Alpaca</title><link rel=icon href=data:,>{inner}"
    return Answer(status=status, body=page.encode(), content_type="text/html; charset=utf-8")
