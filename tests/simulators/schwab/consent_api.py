"""Where a person signs in, ticks accounts, and is sent back to the app: the consent and grant.

The way is documented ("App Authorization", "Final landing URL": ?code=…&session=…); the page itself
and what a declined consent answers are the simulator's own (unverified). An app or an address that
is not registered is told on a page, and nobody is sent anywhere.
"""

import html
from collections.abc import Callable, Mapping, Sequence
from typing import Final
from urllib.parse import parse_qs, urlencode
from uuid import uuid4

from tests.simulators.schwab.asking import Answer, Ask, Route
from tests.simulators.schwab.faults import AUTHORIZE
from tests.simulators.schwab.people import Account, Person
from tests.simulators.schwab.tokens import App, Tokens

_HEAD: Final = "<!doctype html><title>Schwab</title><link rel=icon href=data:,>"


class ConsentApi:
    """The pages; `people` are those who can sign in."""

    def __init__(self, tokens: Tokens, people: Callable[[], Sequence[Person]]) -> None:
        """Nobody has come yet."""
        self.visits: list[dict[str, str]] = []
        self._tokens = tokens
        self._people = people

    def routes(self) -> list[Route]:
        """The page, and its form."""
        return [
            Route("GET", AUTHORIZE, self._page, open_to_all=True),
            Route("POST", AUTHORIZE, self._decided, open_to_all=True),
        ]

    def decide(
        self,
        query: Mapping[str, str],
        person: Person,
        accounts: Sequence[Account] | None = None,
        *,
        agrees: bool = True,
    ) -> str:
        """Where a browser is sent that came with `query`, once its person has decided.

        Args:
            accounts: Those that were ticked; all of them if not given.

        Raises:
            ValueError: The page would not have let it come so far.
        """
        app = self._app(query)
        if app is None:
            raise ValueError(query)
        state = {"state": query["state"]} if "state" in query else {}
        if not agrees:
            return _with(query["redirect_uri"], {"error": "access_denied", **state})
        ticked = tuple(person.accounts if accounts is None else accounts)
        code = self._tokens.code(app, person, ticked, query["redirect_uri"])
        back = {"code": code, "session": str(uuid4()), **state}
        return _with(query["redirect_uri"], back)

    def _app(self, query: Mapping[str, str]) -> App | None:
        app = self._tokens.apps.get(query.get("client_id", ""))
        if app is None or query.get("redirect_uri") not in app.redirect_uris:
            return None
        return app if query.get("response_type", "code") == "code" else None

    def _page(self, ask: Ask) -> Answer:
        self.visits.append(dict(ask.query))
        if self._app(ask.query) is None:
            return _refused()
        names = "".join(f"<option>{html.escape(person.name)}</option>" for person in self._people())
        return _form(
            ask,
            "<h1>Sign in to Charles Schwab</h1>"
            f"<label>Login ID <select name=person>{names}</select></label>"
            "<button name=does value=sign-in>Log in</button>",
        )

    def _decided(self, ask: Ask) -> Answer:
        fields = parse_qs(ask.body.decode())
        person = next((p for p in self._people() if [p.name] == fields.get("person")), None)
        if self._app(ask.query) is None or person is None:
            return _refused()
        does = fields.get("does", [""])[0]
        if does == "sign-in":
            return _form(ask, _accounts(person))
        ticked = [a for a in person.accounts if a.number in fields.get("account", [])]
        agrees = does == "agree" and bool(ticked)
        return _sent(self.decide(ask.query, person, ticked, agrees=agrees))


def _accounts(person: Person) -> str:
    """Accounts are shown by their last digits; which is which is told by their order."""
    boxes = "".join(
        f"<label><input type=checkbox name=account value={account.number}> "
        f"{html.escape(account.nickname)} …{account.number[-3:]}</label><br>"
        for account in person.accounts
    )
    name = html.escape(person.name, quote=True)
    return (
        "<h1>Which accounts may the application use?</h1>"
        f'<input type=hidden name=person value="{name}">{boxes}'
        "<button name=does value=agree>Continue</button>"
        "<button name=does value=refuse>Cancel</button>"
    )


def _form(ask: Ask, inner: str) -> Answer:
    target = html.escape(f"{AUTHORIZE}?{ask.raw_query}", quote=True)
    return _html(200, f'{_HEAD}<form method=post action="{target}">{inner}</form>')


def _refused() -> Answer:
    words = "We are unable to complete your request. Please contact customer service."
    return _html(400, f"{_HEAD}<h1>{words}</h1>")


def _html(status: int, page: str) -> Answer:
    return Answer(status=status, body=page.encode(), content_type="text/html; charset=utf-8")


def _sent(target: str) -> Answer:
    return Answer(status=302, headers={"Location": target})


def _with(address: str, fields: Mapping[str, str]) -> str:
    return f"{address}{'&' if '?' in address else '?'}{urlencode(fields)}"
