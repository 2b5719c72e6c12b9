"""Connect's browser pages and its token request.

GET /oauth2/auth-codes/get is the reference's address for the browser; it leads to the login page,
/oauth2/authenticate/login (on passport.webull.com in reality; applications in the wild send the
browser there themselves). What happens to a wrong request there, and that a refusal comes back as
`error=access_denied`, is unverified; the page here says what is wrong and sends nobody anywhere.
"""

import html
from collections.abc import Mapping, Sequence
from typing import Final
from urllib.parse import parse_qsl, urlencode

from tests.simulators.webull.apps import Platform
from tests.simulators.webull.asking import Answer, Ask, Route, json_answer
from tests.simulators.webull.gate import TOKEN_PATH
from tests.simulators.webull.grants import ACCESS_LIFE, REFRESH_LIFE, Grant, Grants
from tests.simulators.webull.people import Person
from tests.simulators.webull.refusals import invalid_parameter, unauthorized
from tests.simulators.webull.signing import APP_KEY
from tests.simulators.webull.wire import offset_iso

AUTHORIZE_PATH: Final = "/oauth2/auth-codes/get"
LOGIN_PATH: Final = "/oauth2/authenticate/login"
_NEEDED: Final = ("response_type", "client_id", "scope", "state", "redirect_uri")


class ConnectApi:
    """The way from a person's consent to tokens."""

    def __init__(
        self, grants: Grants, platforms: Sequence[Platform], people: Sequence[Person]
    ) -> None:
        """Over what the simulator knows now and later."""
        self._grants = grants
        self._platforms = platforms
        self._people = people

    def routes(self) -> Sequence[Route]:
        """Its paths."""
        return [
            Route("GET", AUTHORIZE_PATH, self._begin, open_to_all=True),
            Route("GET", LOGIN_PATH, self._page, open_to_all=True),
            Route("POST", LOGIN_PATH, self._decided, open_to_all=True),
            Route("POST", TOKEN_PATH, self._token),
        ]

    def decide(self, query: Mapping[str, str], person: Person | None) -> str:
        """Where a browser is sent that came with `query`; `person` is None for a refusal.

        Raises:
            ValueError: The page would not have been shown.
        """
        platform, wrong = self._looked_at(query)
        if platform is None:
            raise ValueError(wrong)
        back = {"state": query["state"]}
        if person is None:
            back = {"error": "access_denied", **back}
        else:
            back = {"code": self._grants.code(person, platform, query["scope"]), **back}
        joint = "&" if "?" in platform.redirect_uri else "?"
        return f"{platform.redirect_uri}{joint}{urlencode(back)}"

    def _begin(self, ask: Ask) -> Answer:
        return _sent(f"{LOGIN_PATH}?{ask.raw_query}")

    def _page(self, ask: Ask) -> Answer:
        platform, wrong = self._looked_at(ask.query)
        if platform is None:
            return _shown(f"<h1>{html.escape(wrong)}</h1>", status=400)
        target = html.escape(f"{LOGIN_PATH}?{ask.raw_query}")
        choices = "".join(
            f'<label><input type=radio name=person value="{html.escape(one.name)}" required>'
            f"{html.escape(one.name)}</label>"
            for one in self._people
        )
        return _shown(
            f"<h1>{html.escape(platform.client_id)} asks to reach your Webull accounts</h1>"
            f'<form method=post action="{target}">{choices}'
            "<button name=does value=agree>Accept</button>"
            "<button name=does value=refuse formnovalidate>Decline</button></form>"
        )

    def _decided(self, ask: Ask) -> Answer:
        platform, wrong = self._looked_at(ask.query)
        form = dict(parse_qsl(ask.body.decode()))
        person = next((one for one in self._people if one.name == form.get("person")), None)
        agrees = form.get("does") == "agree"
        if platform is None or (agrees and person is None):
            return _shown(f"<h1>{html.escape(wrong or 'Nobody chosen')}</h1>", status=400)
        return _sent(self.decide(ask.query, person if agrees else None))

    def _looked_at(self, query: Mapping[str, str]) -> tuple[Platform | None, str]:
        for name in _NEEDED:
            if not query.get(name):
                return None, f"Missing {name}"
        if query["response_type"] != "code":
            return None, "Invalid response_type"
        for platform in self._platforms:
            if platform.client_id == query["client_id"]:
                break
        else:
            return None, "Invalid client_id"
        if query["redirect_uri"] != platform.redirect_uri:
            return None, "Invalid redirect_uri"
        if not set(query["scope"].split(":")) <= set(platform.scope.split(":")):
            return None, "Invalid scope"
        return platform, ""

    def _token(self, ask: Ask) -> Answer:
        form = dict(parse_qsl(ask.body.decode(), keep_blank_values=True))
        key = ask.headers.get(APP_KEY)
        platform = next(one for one in self._platforms if one.app.app_key == key)
        if form.get("client_id") != platform.client_id:
            raise invalid_parameter("client_id")
        if form.get("client_secret") != platform.client_secret:
            raise unauthorized()
        if form.get("grant_type") == "authorization_code":
            grant = self._grants.exchange(platform, form.get("code", ""))
        elif form.get("grant_type") == "refresh_token":
            grant = self._grants.refresh(platform, form.get("refresh_token", ""))
        else:
            raise invalid_parameter("grant_type")
        return json_answer(shown(grant))


def shown(grant: Grant) -> dict[str, str]:
    """As the token request answers."""
    return {
        "access_token": grant.access_token,
        "token_type": "Bearer",
        "expires_in": str(int(ACCESS_LIFE.total_seconds())),
        "rt_expires_in": str(int(REFRESH_LIFE.total_seconds())),
        "refresh_token": grant.refresh_token,
        "created_at": offset_iso(grant.created_at),
        "identity_id": grant.person.identity_id,
    }


def _sent(target: str) -> Answer:
    return Answer(status=302, headers={"Location": target})


def _shown(inside: str, *, status: int = 200) -> Answer:
    page = f"<!doctype html><title>Webull</title><link rel=icon href=data:,>{inside}"
    return Answer(status=status, body=page.encode(), content_type="text/html; charset=utf-8")
