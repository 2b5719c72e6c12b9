"""Who signed a request, for whom, and whether that token still opens anything."""

from collections.abc import Sequence

from tests.simulators import serving
from tests.simulators.etrade.asking import Ask, Route
from tests.simulators.etrade.faults import kinds_of
from tests.simulators.etrade.limits import Limits
from tests.simulators.etrade.refusals import NoPath, OAuthProblem, rate_limited
from tests.simulators.etrade.signing import Signatures, is_page, needed, read_header
from tests.simulators.etrade.tokens import AccessToken, App, Caller, Office, RequestToken

REJECTED = "token_rejected"
EXPIRED = "token_expired"
_OF_THE_DEAD = frozenset({"/oauth/renew_access_token", "/oauth/revoke_access_token"})
"""What a token may ask that is idle."""


class Gate(serving.Gate[Caller]):
    """Applications, tokens and limits."""

    def __init__(
        self, routes: Sequence[Route], office: Office, signatures: Signatures, limits: Limits
    ) -> None:
        """Nobody is known yet."""
        super().__init__(routes)
        self.office = office
        self.signatures = signatures
        self.limits = limits

    def kinds(self, ask: Ask) -> frozenset[str]:
        """See `kinds_of`."""
        return kinds_of(ask.method, ask.path)

    def claimed(self, ask: Ask) -> Caller | None:
        """By the token that the header names."""
        access = self.office.access.get(read_header(ask).get("oauth_token", ""))
        return Caller(app=access.app, access=access) if access else None

    def admit(self, ask: Ask, route: Route) -> Caller | None:
        """See `serving.Gate.admit`."""
        if route.open_to_all:
            return None
        header = needed(ask, *([] if ask.path == "/oauth/request_token" else ["oauth_token"]))
        self.signatures.check_time(ask, header)
        app = self._app(ask, header["oauth_consumer_key"])
        if ask.path == "/oauth/request_token":
            self.signatures.check(ask, header, app.secret, "")
            return Caller(app=app)
        if ask.path == "/oauth/access_token":
            request = self._request(ask, app, header["oauth_token"])
            self.signatures.check(ask, header, app.secret, request.secret)
            return Caller(app=app, request=request)
        access = self._access(ask, app, header["oauth_token"])
        self.signatures.check(ask, header, app.secret, access.secret)
        self._use(ask, access)
        return Caller(app=app, access=access)

    def no_route(self, ask: Ask) -> serving.Refusal:
        """See `serving.Gate.no_route`."""
        del ask
        return NoPath()

    def too_many(self, ask: Ask) -> serving.Refusal:
        """429; E*TRADE's own limits are documented to answer 400, see `Limits`."""
        del ask
        return rate_limited(429)

    def _app(self, ask: Ask, key: str) -> App:
        app = self.office.apps.get(key)
        if app is None:
            raise OAuthProblem("consumer_key_unknown", page=is_page(ask))
        if not app.active:
            raise OAuthProblem("consumer_key_rejected", page=is_page(ask))
        return app

    def _request(self, ask: Ask, app: App, token: str) -> RequestToken:
        """Recorded as token_rejected for one that is old, used or unknown."""
        request = self.office.requests.get(token)
        if request is None or request.app is not app:
            raise OAuthProblem(REJECTED, page=is_page(ask))
        return request

    def _access(self, ask: Ask, app: App, token: str) -> AccessToken:
        access = self.office.access.get(token)
        if access is None or access.app is not app or access.revoked:
            raise OAuthProblem(REJECTED, page=is_page(ask))
        return access

    def _use(self, ask: Ask, access: AccessToken) -> None:
        """token_expired after midnight and after two idle hours alike (that is unverified)."""
        now = self.office.now()
        idle = access.is_idle(now) and ask.path not in _OF_THE_DEAD
        if access.is_dead(now) or idle:
            raise OAuthProblem(EXPIRED, page=is_page(ask))
        if not is_page(ask):
            self.limits.count(ask, access)
        access.used_at = now
