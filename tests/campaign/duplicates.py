"""Every interaction comes two to five times, to two processes at once, and people click twice.

The payloads go through discord.py. The simulated Discord acknowledges each of them every time, so
that nothing but the store stands between a second delivery and a second order.
"""

import asyncio
import random
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

from floorbroker.domain.order import Order
from floorbroker.domain.order_state import OrderState
from floorbroker.storage.documents import Documents
from tests.campaign import books
from tests.campaign.people import TRADERS, Trader, prepare
from tests.campaign.processes import Exchange, Forks, place_on
from tests.campaign.replica import ROLE, Payload, Replica, a_buy, a_click, origin_of, replicas
from tests.campaign.row import Reached, Row
from tests.campaign.settling import PATIENCE_SECONDS, until_agreed

AT_ONCE: Final = 24
A_STORE: Final = 1_000
"""Interactions, then a new one takes its place: the wire server that stands in for MongoDB sorts
all it holds for each question."""
_ENGINES: Final = ("sqlite", "mongodb")
_DELIVERIES: Final = (2, 5)


class Flood:
    """What two replicas get, and what must come of it."""

    def __init__(self, running: Sequence[Replica], chance: random.Random) -> None:
        """Nothing was delivered yet."""
        self._running, self._chance = running, chance
        self.interactions = 0
        self.deliveries = 0

    def deliver(self, payloads: Iterable[Payload]) -> None:
        """Each several times, to either, in any order, all at once."""
        shares: list[list[Payload]] = [[] for _ in self._running]
        for payload in payloads:
            self.interactions += 1
            for _ in range(self._chance.randint(*_DELIVERIES)):
                self.deliveries += 1
                self._chance.choice(shares).append(payload)
        for replica, share in zip(self._running, shares, strict=True):
            self._chance.shuffle(share)
            replica.feed(share)
        for replica in self._running:
            assert replica.dealt_with(), "a replica died by itself"

    def clicks(self, orders: Iterable[Order]) -> list[Payload]:
        """Confirm on each card, once or twice."""
        return [
            a_click("confirm", order.order_id, order.user_id)
            for order in orders
            for _ in range(self._chance.randint(1, 2))
        ]


def _run(size: int, seed: int) -> Reached:
    each = size // 2 + size % 2
    found = [
        _on(engine, min(A_STORE, each - begin), seed + begin)
        for engine in _ENGINES
        for begin in range(0, each, A_STORE)
    ]
    figures = sum((Counter(one.figures) for one in found), Counter())  # type: ignore[arg-type]
    return Reached(
        trials=sum(one.trials for one in found),
        broken=[sentence for one in found for sentence in one.broken],
        figures=dict(figures),
    )


def _on(engine: str, size: int, seed: int) -> Reached:
    with (
        place_on(engine) as place,
        Exchange() as exchange,
        Forks(ROLE) as forks,
        asyncio.Runner() as run,
    ):
        run.run(prepare(place, exchange.urls))
        documents = place.open()
        run.run(documents.start(()))
        with replicas(2, place, exchange, forks) as running:
            flood = Flood(running, random.Random(f"{engine}{seed}"))
            broken, drafts = [], 0
            while flood.interactions < size and not broken:
                made = _batch(flood, documents, run)
                drafts += AT_ONCE
                broken += made
            _, differing = until_agreed(exchange, documents, run, PATIENCE_SECONDS)
            states = Counter(one.state for one in run.run(books.stored_orders(documents)))
        run.run(documents.close())
        sent = sum(exchange.book()["sent"].values())
    broken += differing
    # On a machine that is starved an order may be held up: then it is not sent, and told so.
    held_up = states[OrderState.NOT_PLACED]
    ended = states[OrderState.FILLED] + held_up
    if (sent, ended, states.total()) != (drafts - held_up, drafts, drafts):
        broken.append(f"{drafts} orders were confirmed, {sent} sent: {dict(states)}")
    return Reached(
        trials=flood.interactions,
        broken=broken,
        figures={
            "deliveries": flood.deliveries,
            "orders": drafts,
            "requests at the broker": sent,
            "held up, not sent": held_up,
        },
    )


def _batch(flood: Flood, documents: Documents, run: asyncio.Runner) -> list[str]:
    """So many people review and confirm."""
    buys = [_buy(TRADERS[n % (len(TRADERS) // 2)]) for n in range(AT_ONCE)]
    flood.deliver(buys)
    orders = []
    for buy in buys:
        drafts = run.run(books.stored_orders(documents, origin_key=origin_of(buy)))
        if len(drafts) != 1:
            return [f"a /buy that came several times made {len(drafts)} drafts"]
        orders += drafts
    flood.deliver(flood.clicks(orders))
    return []


def _buy(trader: Trader) -> Payload:
    return a_buy(trader.user_id, symbol=trader.symbol, quantity=trader.quantity)


DUPLICATES: Final = Row(
    name="duplicates",
    what="each interaction 2 to 5 times, two clicks, two processes on one store",
    unit="interactions",
    goal=10_000,
    short=60,
    passes_when=(
        "One draft for each /buy; one order and one request for each Confirm, none where it is "
        "told as not placed."
    ),
    run=_run,
)
