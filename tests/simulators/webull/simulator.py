"""The simulator: start it, add people, set prices, make it misbehave, look at what it was asked."""

import secrets
import ssl
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal

from tests.simulators.webull import tokens
from tests.simulators.webull.accounts_api import AccountsApi
from tests.simulators.webull.apps import SCOPE, App, Platform
from tests.simulators.webull.auth_api import AuthApi
from tests.simulators.webull.connect_api import AUTHORIZE_PATH, ConnectApi
from tests.simulators.webull.data_api import DataApi
from tests.simulators.webull.desk import Desk
from tests.simulators.webull.gate import Gate
from tests.simulators.webull.grants import Grant, Grants
from tests.simulators.webull.instruments import usual
from tests.simulators.webull.instruments_api import InstrumentsApi
from tests.simulators.webull.market import Market
from tests.simulators.webull.orders_api import OrdersApi
from tests.simulators.webull.people import MARGIN, Account, Person
from tests.simulators.webull.queries_api import QueriesApi
from tests.simulators.webull.sabotage import Sabotage
from tests.simulators.webull.steering import Steering


def _utc_now() -> datetime:
    return datetime.now(UTC)


class WebullSimulator(Steering, Sabotage):
    """Webull's OpenAPI and Connect on loopback; see `Steering` and `Sabotage`.

    ```python
    async with WebullSimulator(now=clock.now) as sim:
        anna = sim.add_person("anna", cash="10000")
        sim.add_app("key", "secret", person=anna)
        sim.market.set("AAPL", bid="239.90", ask="240.10")
    ```

    Attributes:
        market: Prices and bars; see `Market`.
        catalogue: What can be traded; see `Catalogue`.
        people: Everybody, in the order of the login page.
        orders_bodies: The raw body of every request to place that was carried out or refused.
    """

    def __init__(
        self,
        *,
        now: Callable[[], datetime] = _utc_now,
        ssl_context: ssl.SSLContext | None = None,
    ) -> None:
        """`now` gives aware times; with `ssl_context` it speaks TLS."""
        self.market = Market(now)
        self.catalogue = usual()
        self.people: list[Person] = []
        self.orders_bodies: list[bytes] = []
        self._now = now
        self._grants = Grants(now)
        self._platforms: list[Platform] = []
        desk = Desk(self.market, self.catalogue, now)
        queries = QueriesApi(desk)
        self._connect = ConnectApi(self._grants, self._platforms, self.people)
        routes = [
            *OrdersApi(desk, self.orders_bodies).routes(),
            *queries.routes(),
            *AccountsApi(desk.funds, self.catalogue).routes(),
            *InstrumentsApi(self.catalogue).routes(),
            *DataApi(self.market, self.catalogue).routes(),
            *AuthApi(now).routes(),
            *self._connect.routes(),
        ]
        Steering.__init__(self, desk, queries, self.people)
        Sabotage.__init__(self, Gate(routes, self._grants, now), ssl_context=ssl_context)

    # People and keys

    def add_person(
        self,
        name: str | None = None,
        *,
        accounts: Sequence[str] = (MARGIN,),
        cash: str | Decimal = "100000",
        positions: Mapping[str, str | Decimal] | None = None,
    ) -> Person:
        """A person; cash is in every account, positions are in the first.

        Args:
            accounts: Classes, such as INDIVIDUAL_MARGIN, INDIVIDUAL_CASH, CRYPTO.
            positions: Units by symbol, which cost nothing; `give` knows prices.
        """
        person = Person(name=name or f"person {len(self.people) + 1}")
        person.accounts += [Account(kind=kind, cash=Decimal(cash)) for kind in accounts]
        self.people.append(person)
        for symbol, quantity in (positions or {}).items():
            self.give(person.account, symbol, quantity)
        return person

    def add_app(
        self,
        app_key: str | None = None,
        app_secret: str | None = None,
        *,
        person: Person,
        accounts: Sequence[Account] | None = None,
        two_factor: bool = False,
    ) -> App:
        """A person's own key.

        Args:
            accounts: What it reaches; all of the person's if not given.
            two_factor: Whether requests need an access token too.
        """
        app = App(
            app_key=app_key or secrets.token_hex(16),
            app_secret=app_secret or secrets.token_hex(16),
            person=person,
            accounts=accounts,
            two_factor=two_factor,
        )
        self._gate.apps[app.app_key] = app
        return app

    def add_platform(
        self,
        client_id: str,
        client_secret: str,
        redirect_uri: str,
        *,
        scope: str = SCOPE,
        app_key: str | None = None,
        app_secret: str | None = None,
    ) -> Platform:
        """A registered application for Connect, with the key that signs its requests."""
        app = App(
            app_key=app_key or secrets.token_hex(16), app_secret=app_secret or secrets.token_hex(16)
        )
        platform = Platform(
            client_id=client_id,
            client_secret=client_secret,
            redirect_uri=redirect_uri,
            app=app,
            scope=scope,
        )
        self._gate.apps[app.app_key] = app
        self._gate.platforms[app.app_key] = platform
        self._platforms.append(platform)
        return platform

    # Consent

    @property
    def authorize_url(self) -> str:
        """Where a browser is sent with `response_type`, `client_id`, `scope`, `state` and
        `redirect_uri`."""
        return f"{self.url}{AUTHORIZE_PATH}"

    @property
    def grants(self) -> list[Grant]:
        """Every consent, oldest first."""
        return self._grants.all

    def grant(
        self, person: Person, platform: Platform, *, accounts: Sequence[Account] | None = None
    ) -> Grant:
        """Tokens without a browser."""
        grant = self._grants.begin(person, platform, platform.scope)
        grant.accounts = accounts
        return grant

    def decide(self, query: Mapping[str, str], person: Person | None) -> str:
        """Where a browser would be sent that came with `query`; see `ConnectApi.decide`."""
        return self._connect.decide(query, person)

    def revoke(self, person: Person, platform: Platform | None = None) -> None:
        """The person takes back what a platform has; without one, deletes their own keys."""
        if platform is not None:
            self._grants.revoke(person, platform)
            return
        for app in self._gate.apps.values():
            app.revoked = app.revoked or app.person is person

    def confirm(self, app: App) -> str:
        """The person confirms the waiting token in Webull's app; the token.

        Raises:
            ValueError: None waits.
        """
        return tokens.confirm(app, self._now())

    def unsubscribe(self, app: App, product: str) -> None:
        """Market data that it no longer pays for; see `apps.SUBSCRIPTIONS`."""
        app.subscriptions.discard(product)
