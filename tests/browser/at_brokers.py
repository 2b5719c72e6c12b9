"""Brokers as a person in a browser meets them: by keys, or by signing in at the broker itself."""

from contextlib import AsyncExitStack
from decimal import Decimal
from typing import Any, Final, Protocol

from playwright.async_api import Page
from pydantic import SecretStr

from floorbroker.domain.modes import Environment
from tests.simulators.alpaca import AlpacaSimulator
from tests.simulators.binance import BinanceSimulator
from tests.simulators.coinbase import ES256, CoinbaseSimulator
from tests.simulators.coinbase.keys import new_api_key, new_secret
from tests.simulators.kraken import KrakenSimulator
from tests.simulators.kraken_clients import KEY as KRAKEN_KEY
from tests.simulators.kraken_clients import SECRET as KRAKEN_SECRET

KEY: Final = "PKCANARY000000000001"
SECRET: Final = "canary/Alpaca+Secret0123456789abcdefghij"


class AtBroker(Protocol):
    """A broker on loopback with one person at it.

    Attributes:
        name: As the menu in Discord says it.
        symbol: What is bought.
        quantity: How much of it.
        terms: What else the command needs there.
    """

    name: str
    environment: Environment
    symbol: str
    quantity: Decimal
    terms: str

    @property
    def orders_received(self) -> int:
        """How many requests for an order came."""
        ...

    async def start(self, stack: AsyncExitStack, public_url: str) -> dict[str, Any]:
        """Listens until `stack` is left; the operator's settings for it."""
        ...

    async def give(self, page: Page, label: str) -> None:
        """From the page behind Discord's to the account, which gets a name of the person's own."""
        ...


async def by_keys(page: Page, label: str = "", **fields: str) -> None:
    """Fills in a form for keys, by its labels, and accepts what has to be accepted."""
    for title, value in fields.items():
        await page.get_by_label(title.replace("_", " ")).fill(value)
    await _named(page, label)
    await page.get_by_role("button", name="Connect", exact=True).click()


async def leave(page: Page, name: str, label: str) -> None:
    """From our page to the broker's own."""
    await _named(page, label)
    await page.get_by_role("button", name=f"Continue to {name}").click()


async def _named(page: Page, label: str) -> None:
    await page.get_by_label("Name of the account").fill(label)
    terms = page.get_by_label("I have read this and accept it.")
    if await terms.count():
        await terms.check()


class AtAlpaca:
    """Paper, by keys."""

    name = "Alpaca"
    environment = Environment.PAPER
    symbol = "AAPL"
    quantity = Decimal(10)
    terms = ""

    def __init__(self) -> None:
        """Not listening yet."""
        self.simulator: AlpacaSimulator

    @property
    def orders_received(self) -> int:
        """See the protocol."""
        return self.simulator.orders_received

    async def start(self, stack: AsyncExitStack, public_url: str) -> dict[str, Any]:
        """See the protocol."""
        del public_url
        self.simulator = await stack.enter_async_context(AlpacaSimulator())
        self.simulator.add_person(KEY, SECRET, cash="25000", name="Anna")
        self.simulator.market.set("AAPL", bid="189.90", ask="190.00")
        sim = self.simulator
        names = {
            "paper": sim.url,
            "data": sim.data_url,
            "stream": sim.stream_url,
            "sign_in": sim.url,
            "token": sim.url,
        }
        return {"broker_endpoints": tuple((f"alpaca.{name}", at) for name, at in names.items())}

    async def give(self, page: Page, label: str) -> None:
        """See the protocol."""
        await by_keys(page, label, API_key_ID=KEY, Secret_key=SECRET)


class SignedInAtAlpaca(AtAlpaca):
    """The same over Alpaca's own site."""

    async def start(self, stack: AsyncExitStack, public_url: str) -> dict[str, Any]:
        """See the protocol."""
        chosen = await super().start(stack, public_url)
        self.simulator.add_app("alpaca-app", "alpaca-app-secret", f"{public_url}/oauth/alpaca")
        application = {
            "alpaca_client_id": "alpaca-app",
            "alpaca_client_secret": SecretStr("alpaca-app-secret"),
        }
        return {**chosen, **application}

    async def give(self, page: Page, label: str) -> None:
        """See the protocol."""
        await page.get_by_role("link", name="Sign in at Alpaca instead").click()
        await leave(page, self.name, label)
        await page.get_by_role("button", name="Allow").click()


class AtBinance:
    """The testnet, by keys."""

    name = "Binance"
    environment = Environment.PAPER
    symbol = "BTC/USDT"
    quantity = Decimal("0.01")
    terms = ""

    def __init__(self) -> None:
        """Not listening yet."""
        self.simulator: BinanceSimulator

    @property
    def orders_received(self) -> int:
        """See the protocol."""
        return self.simulator.orders_received

    async def start(self, stack: AsyncExitStack, public_url: str) -> dict[str, Any]:
        """See the protocol."""
        del public_url
        self.simulator = await stack.enter_async_context(BinanceSimulator(wallet=False))
        self.simulator.add_person("B" * 64, "S" * 64)
        self.simulator.market.set("BTCUSDT", bid="83500.10", ask="83510.20")
        names = ("binance.paper", "binance.wallet")
        return {"broker_endpoints": tuple((name, self.simulator.url) for name in names)}

    async def give(self, page: Page, label: str) -> None:
        """See the protocol."""
        await by_keys(page, label, API_key="B" * 64, Secret_key="S" * 64)


class AtKraken:
    """Real money, by keys."""

    name = "Kraken"
    environment = Environment.LIVE
    symbol = "BTC/USD"
    quantity = Decimal("0.1")
    terms = ""

    def __init__(self) -> None:
        """Not listening yet."""
        self.simulator: KrakenSimulator

    @property
    def orders_received(self) -> int:
        """See the protocol."""
        return self.simulator.orders_received

    async def start(self, stack: AsyncExitStack, public_url: str) -> dict[str, Any]:
        """See the protocol."""
        del public_url
        self.simulator = await stack.enter_async_context(KrakenSimulator())
        self.simulator.add_person(KRAKEN_KEY, KRAKEN_SECRET)
        self.simulator.market.set("XBTUSD", bid="60000.0", ask="60010.0", last="60005.0")
        return {"broker_endpoints": (("kraken.live", self.simulator.url),)}

    async def give(self, page: Page, label: str) -> None:
        """See the protocol."""
        await by_keys(page, label, API_key=KRAKEN_KEY, Private_key=KRAKEN_SECRET)


class AtCoinbase:
    """Real money, by a key whose lines were pasted into one field."""

    name = "Coinbase"
    environment = Environment.LIVE
    symbol = "BTC/USD"
    quantity = Decimal("0.1")
    terms = ""

    def __init__(self) -> None:
        """Not listening yet."""
        self.simulator: CoinbaseSimulator
        self._key, self._secret = new_api_key(), new_secret(ES256)

    @property
    def orders_received(self) -> int:
        """See the protocol."""
        return self.simulator.orders_received

    async def start(self, stack: AsyncExitStack, public_url: str) -> dict[str, Any]:
        """See the protocol."""
        del public_url
        self.simulator = await stack.enter_async_context(CoinbaseSimulator())
        self.simulator.add_person(api_key=self._key, api_secret=self._secret)
        self.simulator.market.set("BTC-USD", bid="60000.00", ask="60010.00", last="60005.00")
        return {"broker_endpoints": (("coinbase.live", self.simulator.url),)}

    async def give(self, page: Page, label: str) -> None:
        """See the protocol."""
        await by_keys(page, label, Key_name_or_ID=self._key, Private_key=self._secret)
