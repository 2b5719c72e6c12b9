"""Brokers without keys, as a person in a browser meets them: they sign in at the broker itself."""

import re
from contextlib import AsyncExitStack
from decimal import Decimal
from typing import Any, Final

from playwright.async_api import Page
from pydantic import SecretStr

from floorbroker.domain.modes import Environment
from tests.browser.at_brokers import by_keys, leave
from tests.simulators.etrade import EtradeSimulator
from tests.simulators.schwab import SchwabSimulator
from tests.simulators.webull import WebullSimulator

APPLICATION: Final = "application-of-the-operator"
APPLICATION_SECRET: Final = "canary-secret-of-the-application"


class AtSchwab:
    """Real money; a week of access."""

    name = "Charles Schwab"
    environment = Environment.LIVE
    symbol = "AAPL"
    quantity = Decimal(10)
    terms = ""

    def __init__(self) -> None:
        """Not listening yet."""
        self.simulator: SchwabSimulator

    @property
    def orders_received(self) -> int:
        """See the protocol."""
        return self.simulator.orders_received

    async def start(self, stack: AsyncExitStack, public_url: str) -> dict[str, Any]:
        """See the protocol."""
        self.simulator = await stack.enter_async_context(SchwabSimulator())
        self.simulator.add_app(APPLICATION, APPLICATION_SECRET, f"{public_url}/oauth/schwab")
        self.simulator.add_person("Anna", ["11112222"], cash="25000")
        self.simulator.market.open = True
        self.simulator.market.set("AAPL", bid="189.90", ask="190.00", last="189.95")
        return {
            "broker_endpoints": (("schwab.api", self.simulator.url),),
            "schwab_app_key": APPLICATION,
            "schwab_app_secret": SecretStr(APPLICATION_SECRET),
        }

    async def give(self, page: Page, label: str) -> None:
        """See the protocol."""
        await leave(page, self.name, label)
        await page.get_by_label("Login ID").select_option("Anna")
        await page.get_by_role("button", name="Log in").click()
        await page.get_by_role("checkbox").first.check()
        await page.get_by_role("button", name="Continue").click()


class AtEtrade:
    """Real money; a code that the person carries, and access for a day."""

    name = "E*TRADE"
    environment = Environment.LIVE
    symbol = "AAPL"
    quantity = Decimal(10)
    terms = ""

    def __init__(self) -> None:
        """Not listening yet."""
        self.simulator: EtradeSimulator

    @property
    def orders_received(self) -> int:
        """See the protocol."""
        return self.simulator.orders_received

    async def start(self, stack: AsyncExitStack, public_url: str) -> dict[str, Any]:
        """See the protocol."""
        del public_url
        self.simulator = await stack.enter_async_context(EtradeSimulator())
        self.simulator.add_app(APPLICATION, APPLICATION_SECRET)
        self.simulator.add_person("Anna", cash="25000")
        self.simulator.market.set("AAPL", bid="189.90", ask="190.00", last="189.95")
        names = ("live", "tokens", "sign_in")
        return {
            "broker_endpoints": tuple((f"etrade.{name}", self.simulator.url) for name in names),
            "etrade_consumer_key": APPLICATION,
            "etrade_consumer_secret": SecretStr(APPLICATION_SECRET),
        }

    async def give(self, page: Page, label: str) -> None:
        """See the protocol."""
        await leave(page, self.name, label)
        async with page.expect_popup() as opened:
            await page.get_by_role("link", name=re.compile("^Open")).click()
        site = await opened.value
        await site.get_by_label("User ID").select_option("Anna")
        await site.get_by_role("button", name="Accept").click()
        code = await site.locator("#verifier").input_value()
        await page.get_by_label("Code from E*TRADE").fill(code)
        await page.get_by_role("button", name="Connect", exact=True).click()


class AtWebull:
    """The sandbox, by keys."""

    name = "Webull"
    environment = Environment.PAPER
    symbol = "AAPL"
    quantity = Decimal(10)
    terms = ""

    def __init__(self) -> None:
        """Not listening yet."""
        self.simulator: WebullSimulator

    @property
    def orders_received(self) -> int:
        """See the protocol."""
        return self.simulator.orders_received

    async def start(self, stack: AsyncExitStack, public_url: str) -> dict[str, Any]:
        """See the protocol."""
        self.simulator = await stack.enter_async_context(WebullSimulator())
        anna = self.simulator.add_person("Anna", cash="25000")
        self.simulator.add_app("k" * 32, "s" * 32, person=anna)
        self.simulator.add_platform(
            APPLICATION,
            APPLICATION_SECRET,
            f"{public_url}/oauth/webull",
            app_key="p" * 32,
            app_secret="q" * 32,
        )
        self.simulator.market.always_open = True
        self.simulator.market.set("AAPL", bid="189.90", ask="190.00", last="189.95")
        url = self.simulator.url
        return {
            "broker_endpoints": (
                ("webull.paper", url),
                ("webull.connect_paper", url),
                ("webull.sign_in_paper", f"{url}/oauth2/authenticate/login"),
            ),
            "webull_client_id": APPLICATION,
            "webull_client_secret": SecretStr(APPLICATION_SECRET),
            "webull_app_key": "p" * 32,
            "webull_app_secret": SecretStr("q" * 32),
        }

    async def give(self, page: Page, label: str) -> None:
        """See the protocol."""
        await by_keys(page, label, App_key="k" * 32, App_secret="s" * 32)


class SignedInAtWebull(AtWebull):
    """The same over Webull's own site, which gives no prices to applications."""

    terms = " limit:195"

    async def give(self, page: Page, label: str) -> None:
        """See the protocol."""
        await page.get_by_role("link", name="Sign in at Webull instead").click()
        await leave(page, self.name, label)
        await page.get_by_label("Anna").check()
        await page.get_by_role("button", name="Accept").click()
