"""The token endpoint: codes and refresh tokens for access tokens.

Documented: HTTP Basic of the app's key and secret, a form with grant_type, and code and
redirect_uri, or refresh_token.
"""

from base64 import b64decode
from binascii import Error
from hmac import compare_digest

from tests.simulators.schwab.asking import Answer, Ask, Route, json_answer
from tests.simulators.schwab.faults import TOKEN
from tests.simulators.schwab.refusals import bad_client, bad_token_request
from tests.simulators.schwab.tokens import App, Tokens
from tests.simulators.schwab.wire import read_form


class TokenApi:
    """Gives tokens to whom they belong."""

    def __init__(self, tokens: Tokens) -> None:
        """Over everything that was granted."""
        self._tokens = tokens

    def routes(self) -> list[Route]:
        """The only one."""
        return [Route("POST", TOKEN, self._answer, open_to_all=True)]

    def _answer(self, ask: Ask) -> Answer:
        app = self._app(ask)
        form = read_form(ask.body)
        kind = form.get("grant_type")
        if kind == "authorization_code":
            address = form.get("redirect_uri", "")
            return json_answer(self._tokens.redeem(app, form.get("code", ""), address))
        if kind == "refresh_token":
            return json_answer(self._tokens.refresh(app, form.get("refresh_token", "")))
        if kind == "client_credentials":
            return json_answer(self._tokens.app_only(app))
        raise bad_token_request("Invalid grant_type")

    def _app(self, ask: Ask) -> App:
        scheme, _, raw = ask.headers.get("Authorization", "").partition(" ")
        try:
            key, _, secret = b64decode(raw, validate=True).decode().partition(":")
        except (Error, UnicodeDecodeError) as error:
            raise bad_client() from error
        app = self._tokens.apps.get(key)
        if scheme != "Basic" or app is None:
            raise bad_client()
        if not compare_digest(app.secret.encode(), secret.encode()):
            raise bad_client()
        return app
