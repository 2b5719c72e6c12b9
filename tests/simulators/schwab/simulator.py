"""The simulator: start it, add an app and people, set prices, make it misbehave, look what came."""

import ssl
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from tests.simulators.schwab.accounts_api import AccountsApi
from tests.simulators.schwab.candles_api import CandlesApi
from tests.simulators.schwab.chains_api import ChainsApi
from tests.simulators.schwab.consent_api import ConsentApi
from tests.simulators.schwab.desk import Desk
from tests.simulators.schwab.gate import Gate
from tests.simulators.schwab.instruments import Listing
from tests.simulators.schwab.market import Market
from tests.simulators.schwab.orders_api import OrdersApi
from tests.simulators.schwab.people import MARGIN, Account, Person
from tests.simulators.schwab.quotes_api import QuotesApi
from tests.simulators.schwab.reference_api import ReferenceApi
from tests.simulators.schwab.sabotage import Sabotage
from tests.simulators.schwab.steering import Steering
from tests.simulators.schwab.streamer import PATH, Streamer
from tests.simulators.schwab.token_api import TokenApi
from tests.simulators.schwab.tokens import App, Tokens
from tests.simulators.schwab.wire import read_form


def _utc_now() -> datetime:
    return datetime.now(UTC)


class SchwabSimulator(Steering, Sabotage):
    """Schwab's OAuth2, Trader and market-data APIs on loopback; see `Steering` and `Sabotage`.

    ```python
    async with SchwabSimulator(now=clock.now) as sim:
        app = sim.add_app("key", "secret", "https://127.0.0.1/schwab")
        anna = sim.add_person("anna", accounts=["11112222"], cash="10000")
        sim.market.set("AAPL", bid="189.90", ask="190.00")
        token = sim.grant(anna, app.key)
        session = AsyncOAuth2Client(app.key, token=token, transport=SentTo(sim.url))
        await schwab.client.AsyncClient(app.key, session).get_account_numbers()
    ```

    The lives of codes and tokens follow `now`; schwab-py counts by this machine's clock.

    Attributes:
        market: Prices, candles and hours; see `Market`.
        listing: What can be traded; see `Listing`.
        tokens: Switches: `rotates_refresh_tokens`, `one_grant_each`.
        orders_bodies: The raw body of every POST of an order that was carried out or refused.
        streamer: The websocket of prices; see `Streamer`.
        streamer_at: Another address of it that preferences tell.
    """

    def __init__(
        self,
        *,
        now: Callable[[], datetime] = _utc_now,
        ssl_context: ssl.SSLContext | None = None,
    ) -> None:
        """`now` gives aware times; with `ssl_context` it speaks TLS."""
        self.market = Market(now)
        self.listing = Listing()
        self.tokens = Tokens(now)
        self.orders_bodies: list[bytes] = []
        self.people: list[Person] = []
        desk = Desk(self.market, self.listing, now)
        orders_api = OrdersApi(desk, self.orders_bodies)
        self._consent = ConsentApi(self.tokens, lambda: self.people)
        routes = [
            *self._consent.routes(),
            *TokenApi(self.tokens).routes(),
            *orders_api.routes(),
            *AccountsApi(desk, lambda: self.streamer_url).routes(),
            *QuotesApi(self.market, self.listing).routes(),
            *CandlesApi(self.market, self.listing).routes(),
            *ChainsApi(self.market, self.listing).routes(),
            *ReferenceApi(self.market, self.listing).routes(),
        ]
        Steering.__init__(self, desk, orders_api)
        gate = Gate(routes, self.tokens, now)
        self.streamer = Streamer(self.market, self.tokens)
        self.streamer_at: str | None = None
        gate.streams[PATH] = self.streamer
        Sabotage.__init__(self, gate, ssl_context=ssl_context)

    @property
    def streamer_url(self) -> str:
        """What preferences tell people."""
        return self.streamer_at or self.url.replace("http", "ws", 1) + PATH

    # Who there is

    def add_app(self, app_key: str, app_secret: str, *redirect_uris: str) -> App:
        """An application and the addresses to which people may be sent back."""
        tag = f"TA_{app_key[:12]}1700000000"
        app = App(key=app_key, secret=app_secret, redirect_uris=redirect_uris, tag=tag)
        self.tokens.apps[app_key] = app
        return app

    def add_person(
        self,
        name: str,
        accounts: Sequence[str] = ("11112222",),
        *,
        cash: str | Decimal = "100000",
        positions: Mapping[str, tuple[str, str]] | None = None,
        kind: str = MARGIN,
    ) -> Person:
        """Somebody with accounts.

        Args:
            accounts: Their numbers, eight digits each.
            cash: In each of them.
            positions: Of the first: quantity and price by symbol.
            kind: "MARGIN" or "CASH".
        """
        person = Person(name=name)
        for number in accounts:
            if len(number) != 8 or not number.isdigit():
                raise ValueError(number)
            if any(a.number == number for p in self.people for a in p.accounts):
                raise ValueError(f"{number} is taken")
            account = Account(
                number=number,
                owner=person,
                type=kind,
                cash=Decimal(cash),
                opening_cash=Decimal(cash),
            )
            person.accounts.append(account)
        self.people.append(person)
        for symbol, (quantity, price) in (positions or {}).items():
            self.give(person.account, symbol, quantity, price)
        return person

    # What they grant

    def grant(
        self, person: Person, app_key: str, accounts: Sequence[Account] | None = None
    ) -> dict[str, Any]:
        """What the token endpoint would answer, without a browser; all accounts by default."""
        app = self.tokens.apps[app_key]
        return self.tokens.grant(
            app, person, tuple(person.accounts if accounts is None else accounts)
        )

    def revoke(self, person: Person, app_key: str | None = None) -> None:
        """Nothing that the person granted (to that app) works any more."""
        app = None if app_key is None else self.tokens.apps[app_key]
        self.tokens.revoke(person, app)

    def end_access(self, person: Person) -> None:
        """Access tokens end before their time; what they are refreshed with does not."""
        self.tokens.end_access(person)

    def decide(
        self,
        authorization_url: str,
        person: Person,
        accounts: Sequence[Account] | None = None,
        *,
        agrees: bool = True,
    ) -> str:
        """Where a browser that came with that URL ends: the person's decision without the page."""
        query = read_form(urlsplit(authorization_url).query.encode())
        return self._consent.decide(query, person, accounts, agrees=agrees)

    def here(self, url: str) -> str:
        """An address of the vendor's, such as the authorization URL, at this simulator."""
        wanted, own = urlsplit(url), urlsplit(self.url)
        return urlunsplit((own.scheme, own.netloc, wanted.path, wanted.query, wanted.fragment))

    @property
    def visits(self) -> list[dict[str, str]]:
        """The queries with which browsers came to the consent page."""
        return self._consent.visits
