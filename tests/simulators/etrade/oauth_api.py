"""/oauth: the tokens of apisb.etrade.com/docs/api/authorization."""

from typing import Final
from urllib.parse import urlencode

from tests.simulators.etrade.asking import Answer, Ask, Route
from tests.simulators.etrade.gate import REJECTED
from tests.simulators.etrade.refusals import OAuthProblem
from tests.simulators.etrade.signing import needed
from tests.simulators.etrade.tokens import Office

OOB: Final = "oob"
_FORM: Final = "application/x-www-form-urlencoded;charset=UTF-8"
_TEXT: Final = "text/html;charset=UTF-8"


class OAuthApi:
    """Answers about tokens; content types are unverified, the SDK does not look at them."""

    def __init__(self, office: Office) -> None:
        """Over everybody's tokens."""
        self._office = office

    def routes(self) -> list[Route]:
        """All of them."""
        return [
            Route("GET", "/oauth/request_token", self._request),
            Route("GET", "/oauth/access_token", self._exchange),
            Route("GET", "/oauth/renew_access_token", self._renew),
            Route("GET", "/oauth/revoke_access_token", self._revoke),
        ]

    def _request(self, ask: Ask) -> Answer:
        """Documented: oauth_callback "must always be set to oob"; a registered address is used
        then. Others were seen to be rejected with 400 (rasesh6/etrade-trading, February 2026).
        """
        callback = needed(ask, "oauth_callback")["oauth_callback"]
        app = ask.owner.app
        if callback not in {OOB, app.callback}:
            more = f"oauth_acceptable_callback={OOB}"
            raise OAuthProblem("callback_rejected", status=400, more=more, page=True)
        made = self._office.request(app)
        confirmed = "true" if app.callback else "false"
        return _form(made.token, made.secret, oauth_callback_confirmed=confirmed)

    def _exchange(self, ask: Ask) -> Answer:
        verifier = needed(ask, "oauth_verifier")["oauth_verifier"]
        request = ask.owner.request
        made = self._office.exchange(request, verifier) if request else None
        if made is None:
            raise OAuthProblem(REJECTED, page=True)
        return _form(made.token, made.secret)

    def _renew(self, ask: Ask) -> Answer:
        """The token stays as it is; the gate has noted that it was used."""
        del ask
        return Answer(body=b"Access Token has been renewed", content_type=_TEXT)

    def _revoke(self, ask: Ask) -> Answer:
        access = ask.owner.access
        assert access is not None
        access.revoked = True
        return Answer(body=b"Revoked Access Token", content_type=_TEXT)


def _form(token: str, secret: str, **more: str) -> Answer:
    pairs = {"oauth_token": token, "oauth_token_secret": secret, **more}
    return Answer(body=urlencode(pairs).encode(), content_type=_FORM)
