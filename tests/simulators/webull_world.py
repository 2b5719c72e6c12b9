"""A simulator of Webull with a person, a key and a client: what most of its tests begin with."""

import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from itertools import count
from typing import Any, Final

from tests.simulators.webull import App, Grant, Order, Person, Platform, WebullSimulator
from tests.simulators.webull_clients import Client, Refused, Watch

KEY: Final = "webull-key-of-one"
SECRET: Final = "webull-secret-of-one"
REDIRECT: Final = "http://127.0.0.1:1/oauth/webull/callback"


def question(**changed: str) -> dict[str, str]:
    """What a browser brings to Connect's page, but for `changed`; "" leaves one away."""
    usual = {
        "response_type": "code",
        "client_id": "floor",
        "scope": "user:trade:wr",
        "state": "state-1",
        "redirect_uri": REDIRECT,
    }
    return {name: value for name, value in {**usual, **changed}.items() if value}


class World:
    """A simulator, one person with a key, and a client for it."""

    def __init__(self, sim: WebullSimulator, watch: Watch, person: Person) -> None:
        """The person reaches every account of theirs."""
        self.sim = sim
        self.watch = watch
        self.person = person
        self.account = person.account
        self.app = sim.add_app(KEY, SECRET, person=person)
        self.clients: list[Client] = []
        self.client = self.client_of(self.app)
        self._ids = count(1)

    def client_of(self, app: App) -> Client:
        """Another client."""
        client = Client(self.sim, app, self.watch)
        self.clients.append(client)
        return client

    def platform(self) -> Platform:
        """A registered platform."""
        return self.sim.add_platform("floor", "floor-client-secret", REDIRECT)

    def granted(self, grant: Grant) -> Client:
        """A client that acts for whoever granted it."""
        client = self.client_of(grant.platform.app)
        client.bearer = grant.access_token
        return client

    def body(self, *orders: Mapping[str, Any]) -> dict[str, Any]:
        """Of a request to place or preview in the first account."""
        return {"account_id": self.account.id, "new_orders": list(orders)}

    def item(self, **fields: Any) -> dict[str, Any]:
        """A limit buy of one AAPL far below the market, but for `fields`; None leaves one away."""
        usual = {
            "client_order_id": f"client-order-{next(self._ids)}",
            "combo_type": "NORMAL",
            "symbol": "AAPL",
            "instrument_type": "EQUITY",
            "market": "US",
            "side": "BUY",
            "order_type": "LIMIT",
            "limit_price": "100.00",
            "quantity": "1",
            "time_in_force": "DAY",
            "support_trading_session": "CORE",
            "entrust_type": "QTY",
        }
        return {name: value for name, value in {**usual, **fields}.items() if value is not None}

    def option(self, **fields: Any) -> dict[str, Any]:
        """A limit buy of one call at 5.00; `leg` changes its leg."""
        leg = {
            "side": fields.get("side", "BUY"),
            "quantity": fields.get("quantity", "1"),
            "symbol": "AAPL",
            "strike_price": "240.00",
            "option_expire_date": "2026-12-18",
            "instrument_type": "OPTION",
            "option_type": "CALL",
            "market": "US",
        }
        legs = [{**leg, **fields.pop("leg", {})}]
        usual = {"instrument_type": "OPTION", "option_strategy": "SINGLE", "limit_price": "5.00"}
        return self.item(**{**usual, "support_trading_session": None, "legs": legs, **fields})

    async def place(self, item: Mapping[str, Any] | None = None, **fields: Any) -> str:
        """Places `item`, or one of `fields`; the client's id."""
        wanted = self.item(**fields) if item is None else item
        answer = await self.client.post("/trading/orders/place", self.body(wanted))
        assert answer.keys() == {"client_order_id", "order_id"}
        assert answer["client_order_id"] == wanted["client_order_id"]
        return str(answer["client_order_id"])

    async def refused(self, item: Mapping[str, Any] | None = None, **fields: Any) -> str:
        """Likewise; the code of a 417."""
        return (await self.refusal(item, **fields)).code

    async def refusal(self, item: Mapping[str, Any] | None = None, **fields: Any) -> Refused:
        """Likewise; the whole of it."""
        try:
            await self.place(item, **fields)
        except Refused as refused:
            assert refused.status == 417
            assert refused.body.keys() == {"error_code", "message"}
            return refused
        raise AssertionError("it was placed")

    async def detail(self, client_order_id: str) -> dict[str, Any]:
        """GET /trading/orders/get: the cover."""
        query = {"account_id": self.account.id, "client_order_id": client_order_id}
        answer = await self.client.get("/trading/orders/get", **query)
        assert isinstance(answer, dict)
        return answer

    async def order(self, client_order_id: str) -> dict[str, Any]:
        """Likewise: the one order in it."""
        (order,) = (await self.detail(client_order_id))["orders"]
        assert isinstance(order, dict)
        return order

    async def status(self, client_order_id: str) -> str:
        """Its status word."""
        return str((await self.order(client_order_id))["status"])

    async def cancel(self, client_order_id: str) -> Any:
        """POST /trading/orders/cancel."""
        body = {"account_id": self.account.id, "client_order_id": client_order_id}
        return await self.client.post("/trading/orders/cancel", body)

    async def replace(self, client_order_id: str, **fields: Any) -> Any:
        """POST /trading/orders/replace."""
        change = {"client_order_id": client_order_id, **fields}
        body = {"account_id": self.account.id, "modify_orders": [change]}
        return await self.client.post("/trading/orders/replace", body)

    async def open_ids(self) -> list[str]:
        """The clients' ids of the open orders, newest first."""
        path = "/trading/orders/open-orders/list"
        answer = await self.client.get(path, account_id=self.account.id)
        return [order["client_order_id"] for one in answer["data"] for order in one["orders"]]

    async def balance(self) -> dict[str, Any]:
        """GET /trading/assets/balances/get."""
        answer = await self.client.get("/trading/assets/balances/get", account_id=self.account.id)
        assert isinstance(answer, dict)
        return answer

    async def cash(self) -> str:
        """Of the balance."""
        return str((await self.balance())["total_cash_balance"])

    async def positions(self) -> dict[str, str]:
        """Quantities by kind and symbol: an option's is that of its underlying."""
        path = "/trading/assets/positions/list"
        answer = await self.client.get(path, account_id=self.account.id)
        return {f"{one['instrument_type']} {one['symbol']}": one["quantity"] for one in answer}

    def kept(self, client_order_id: str) -> Order:
        """As the simulator has it."""
        return self.sim.order(client_order_id)


@asynccontextmanager
async def opened(
    *,
    cash: str = "100000",
    accounts: tuple[str, ...] = ("INDIVIDUAL_MARGIN",),
    ssl_context: ssl.SSLContext | None = None,
) -> AsyncIterator[World]:
    """A simulator on a standing clock with some prices, and one person."""
    watch = Watch()
    async with WebullSimulator(now=watch, ssl_context=ssl_context) as sim:
        sim.market.set("AAPL", bid="239.90", ask="240.10", last="240.00", previous="238.00")
        sim.market.set("MSFT", bid="499.90", ask="500.10")
        sim.market.set("PENY", bid="0.4998", ask="0.5002")
        sim.market.set("BTCUSD", bid="77082.54", ask="78623.95", last="77853.25")
        sim.market.set("AAPL261218C00240000", bid="9.90", ask="10.10", last="10.00")
        world = World(sim, watch, sim.add_person("anna", accounts=accounts, cash=cash))
        try:
            yield world
        finally:
            for client in world.clients:
                await client.close()
