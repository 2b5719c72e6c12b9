"""Alpaca, Binance and Discord, simulated in a process of their own that outlives every bot.

Run as a program: its first line says where it listens, then each line is asked a question and
answers with one. It ends when its input does. `Exchange` is the other end.
"""

import asyncio
import json
import logging
import re
import sys
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, Final
from urllib.parse import parse_qs

from aiohttp import web

from tests.campaign.people import KEYS, PEOPLE
from tests.simulators.alpaca import AlpacaSimulator
from tests.simulators.alpaca.orders import Order as AlpacaOrder
from tests.simulators.binance import BinanceSimulator
from tests.simulators.binance.orders import Order as BinanceOrder
from tests.simulators.discord import DiscordServer, Seen
from tests.simulators.serving import Fault

SHARE: Final = "AAPL"
COIN: Final = "BTCUSDT"
_STATES: Final = {
    "pending_new": "accepted",
    "new": "accepted",
    "NEW": "accepted",
    "PARTIALLY_FILLED": "partially_filled",
}
"""Where lower case alone does not make the product's word."""

_ANSWER: Final = re.compile(r"/webhooks/\d+/token-(?P<id>\d+)")
_AT_ONCE: Final = re.compile(r"/interactions/(?P<id>\d+)/[^/]+/callback")
_MESSAGES: Final = frozenset({4, 7})
"""Callbacks that are an answer themselves, as who finds no room gets one; the others defer it."""
_BUTTON: Final = re.compile(r"fb:(?:confirm|cancel):[a-z0-9]{18}")
_TITLE: Final = re.compile(r"### (?:[^\w]+ )?([^·`]+?) · ")
_ORDER: Final = re.compile(r"(?:Order id |fb:confirm:)([a-z0-9]{18})")

Asked = Mapping[str, Any]


class Market:
    """Both brokers, their prices, and what is asked of them."""

    def __init__(self) -> None:
        """Not open yet."""
        self.alpaca, self.binance = AlpacaSimulator(), BinanceSimulator(wallet=False)
        # A campaign asks more than these people may; what happens then is tested elsewhere.
        self.alpaca.limit_rate(10**9)
        self.binance.limits.told = False
        for number in range(PEOPLE):
            self.alpaca.add_person(*KEYS["alpaca"](number), cash="1000000000")
            self.binance.add_person(*KEYS["binance"](number), balances={"USDT": "1000000000"})
        self.answered: dict[str, list[str]] = {}
        self.told: dict[str, str] = {}
        self.set_prices()

    def set_prices(self, *, low: bool = False) -> None:
        """Fresh quotes; `low` is where every resting order of these campaigns fills."""
        bid, ask = ("1.00", "1.01") if low else ("189.90", "190.00")
        self.alpaca.market.set(SHARE, bid=bid, ask=ask, bid_size=10**6, ask_size=10**6)
        bid, ask = ("100.00", "100.01") if low else ("60000.00", "60001.00")
        self.binance.market.set(COIN, bid=bid, ask=ask, bid_qty="1000000", ask_qty="1000000")

    def answer(self, asked: Asked) -> Any:
        """The answer to one question, by its `ask`."""
        match asked["ask"]:
            case "book":
                return self._book()
            case "states":
                return {client_id: self._states(client_id) for client_id in asked["ids"]}
            case "answered":
                answered, self.answered = self.answered, {}
                return answered
            case "told":
                return self.told
            case "fill":
                self._fill_what_rests()
            case "trouble":
                self._trouble(asked)
            case "work":
                self.alpaca.work()
                self.binance.work()
        return None

    def _fill_what_rests(self) -> None:
        self.set_prices(low=True)
        self.alpaca.match()
        self.binance.match()
        self.set_prices()

    def _trouble(self, asked: Asked) -> None:
        for simulator in (self.alpaca, self.binance):
            simulator.fail(
                asked["on"],
                Fault(asked["fault"]),
                times=asked.get("times"),
                carried_out=asked.get("carried_out", True),
                delay=asked.get("delay", 0.0),
            )

    def _states(self, client_id: str) -> list[str]:
        books = ((self.alpaca, alpaca_state), (self.binance, binance_state))
        found = []
        for simulator, state_of in books:
            try:
                order: Any = simulator.order(client_id)  # type: ignore[attr-defined]
            except KeyError:
                continue
            found.append(state_of(order))
        return found

    def _book(self) -> dict[str, Any]:
        """Every order as its client id's owner should know it, and how often each was asked for."""
        by_id = {order.id: order for order in self.alpaca.orders}
        entries = [
            _entry("alpaca", order.client_order_id, *_alpaca_end(order, by_id))
            for order in self.alpaca.orders
            if order.replaces is None
        ]
        entries += [
            _entry("binance", order.client_order_id, binance_state(order), order.filled_qty)
            for order in self.binance.orders
        ]
        sent = Counter(json.loads(body)["client_order_id"] for body in self.alpaca.orders_bodies)
        sent.update(
            parse_qs(body.decode())["newClientOrderId"][0] for body in self.binance.orders_bodies
        )
        asked = [*self.alpaca.received, *self.binance.received]
        canceled = Counter(f"{one.path}?{one.raw_query}" for one in asked if "cancel" in one.kinds)
        return {"orders": entries, "sent": sent, "canceled": canceled}


def _entry(broker: str, client_id: str, state: str, filled: Any) -> dict[str, Any]:
    return {"broker": broker, "id": client_id, "state": state, "filled": str(filled)}


def _alpaca_end(order: AlpacaOrder, by_id: Mapping[str, AlpacaOrder]) -> tuple[str, Any]:
    """Of the last of those that replace each other."""
    filled = order.filled_qty
    while order.replaced_by is not None:
        order = by_id[order.replaced_by]
        filled += order.filled_qty
    return alpaca_state(order), filled


def alpaca_state(order: AlpacaOrder) -> str:
    """In the product's words."""
    return _STATES.get(order.status, order.status)


def binance_state(order: BinanceOrder) -> str:
    """In the product's words."""
    return _STATES.get(order.status, order.status.lower())


async def _keep_prices_fresh(market: Market) -> None:
    while True:
        market.set_prices()
        await asyncio.sleep(1)


@asynccontextmanager
async def _discord(market: Market) -> AsyncIterator[str]:
    """Discord's REST interface."""
    runner = web.AppRunner(DiscordServer(seen=_Answers(market)).app(), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}/api/v10"
    await runner.cleanup()


class _Answers(list[Any]):
    """Keeps the buttons of the last answer to each interaction, and what each order's card says."""

    def __init__(self, market: Market) -> None:
        super().__init__()
        self._market = market

    def append(self, seen: Seen, /) -> None:
        if not isinstance(seen.body, dict):
            return
        found = _ANSWER.match(seen.path)
        if found is None and seen.body.get("type") in _MESSAGES:
            found = _AT_ONCE.match(seen.path)
        if found is not None:
            self._market.answered[found["id"]] = _BUTTON.findall(json.dumps(seen.body))
        for card in seen.body.get("components", ()):
            text = json.dumps(card, ensure_ascii=False)
            title, order = _TITLE.search(text), _ORDER.search(text)
            if title and order:
                self._market.told[order[1]] = title[1]


async def _main() -> None:
    logging.disable(logging.CRITICAL)  # a client that dies in the middle of a request is no news
    market = Market()
    loop = asyncio.get_running_loop()
    asked = asyncio.StreamReader(limit=2**24)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(asked), sys.stdin)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(market.alpaca)
        await stack.enter_async_context(market.binance)
        discord = await stack.enter_async_context(_discord(market))
        say({"alpaca": market.alpaca.url, "binance": market.binance.url, "discord": discord})
        ticking = asyncio.create_task(_keep_prices_fresh(market))
        while line := await asked.readline():
            say(market.answer(json.loads(line)))
        ticking.cancel()
        await asyncio.gather(ticking, return_exceptions=True)


def say(value: Any) -> None:
    """One line of JSON on the standard output."""
    sys.stdout.write(json.dumps(value) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(_main())
