"""GET /openapi/config and the tokens of the second factor."""

from collections.abc import Callable, Sequence
from datetime import datetime

from tests.simulators.webull import tokens
from tests.simulators.webull.asking import Answer, Ask, Route, json_answer
from tests.simulators.webull.refusals import invalid_parameter
from tests.simulators.webull.wire import read_object, read_text


class AuthApi:
    """A person's own key."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        """Tokens age by `now`."""
        self._now = now

    def routes(self) -> Sequence[Route]:
        """Its paths."""
        return [
            Route("GET", "/openapi/config", self._config),
            Route("POST", "/auth/tokens/create", self._create),
            Route("POST", "/auth/tokens/check", self._check),
        ]

    def _config(self, ask: Ask) -> Answer:
        return json_answer({"token_check_enabled": ask.owner.app.two_factor})

    def _create(self, ask: Ask) -> Answer:
        known = read_text(read_object(ask.body), "token") if ask.body else ""
        return json_answer(
            tokens.shown(tokens.create(ask.owner.app, known, self._now()), self._now())
        )

    def _check(self, ask: Ask) -> Answer:
        value = read_text(read_object(ask.body), "token")
        if not value:
            raise invalid_parameter("token")
        token = ask.owner.app.token
        if token is None or token.value != value:
            return json_answer(tokens.unknown(value, self._now()))
        return json_answer(tokens.shown(token, self._now()))
