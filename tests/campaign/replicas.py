"""Three bots on one store get the same interactions, and one is killed at a random moment."""

import asyncio
import random
from collections import Counter
from collections.abc import Iterable, Sequence
from time import perf_counter, sleep
from typing import Final

from floorbroker.domain.order import Order
from floorbroker.storage.documents import Documents
from tests.campaign import books
from tests.campaign.people import TRADERS, Trader, prepare
from tests.campaign.processes import Exchange, Forks, place_on
from tests.campaign.replica import ROLE, Payload, Replica, a_buy, a_click, origin_of, replicas
from tests.campaign.row import Reached, Row
from tests.campaign.settling import by_the_last_bot, recovery

GOAL: Final = 1_000
COUNT: Final = 3
AT_ONCE: Final = 8
FAR_SECONDS: Final = 0.02
"""To the broker, and back: so that the killed one has something under way."""
_ENGINES: Final = ("sqlite", "mongodb")
_RECOVERY: Final = {"order_deadline_seconds": 1.0, "claim_seconds": 2.5}


class Crew:
    """The replicas, of which one dies now and then."""

    def __init__(self, running: Sequence[Replica], chance: random.Random) -> None:
        """All are alive."""
        self._running, self.chance = running, chance
        self._usual_seconds = 0.0
        self.killed = 0

    def all_get(self, payloads: Sequence[Payload], *, one_dies: bool = False) -> None:
        """Every one gets everything at once; returns when those that live are through."""
        victim = self.chance.choice(self._running) if one_dies else None
        begin = perf_counter()
        for replica in self._running:
            replica.feed(payloads)
        if victim is not None:
            sleep(self.chance.uniform(0, self._usual_seconds))
            victim.kill()
            self.killed += 1
        for replica in self._running:
            if replica is not victim:
                assert replica.dealt_with(), "a replica died by itself"
        if victim is None:
            self._usual_seconds = perf_counter() - begin
        else:
            victim.start()


def _run(size: int, seed: int) -> Reached:
    found = [_on(engine, size // 2 + size % 2, seed, size >= GOAL) for engine in _ENGINES]
    figures: Counter[str] = Counter()
    for one in found:
        figures.update({name: int(figure) for name, figure in one.figures.items()})
    return Reached(
        trials=sum(one.trials for one in found),
        broken=[sentence for one in found for sentence in one.broken],
        figures=dict(figures),
    )


def _on(engine: str, size: int, seed: int, full: bool) -> Reached:
    with (
        place_on(engine) as place,
        Exchange() as exchange,
        Forks(ROLE) as forks,
        asyncio.Runner() as run,
    ):
        run.run(prepare(place, exchange.urls))
        exchange.trouble("any", "far", delay=FAR_SECONDS)
        documents = place.open()
        run.run(documents.start(()))
        drafts = 0
        with replicas(COUNT, place, exchange, forks, **_RECOVERY) as running:
            crew = Crew(running, random.Random(f"{engine}{seed}"))
            _batch(crew, documents, run, one_dies=False)  # tells how long one takes
            while drafts < size:
                _batch(crew, documents, run, one_dies=True)
                drafts += AT_ONCE
            for replica in running:
                replica.kill()
            ahead, longest = recovery(full)
            last = running[0].work(ahead=ahead)
            _, broken = by_the_last_bot(forks, last, exchange, documents, run, longest)
        orders = run.run(books.stored_orders(documents))
        run.run(documents.close())
        book = exchange.book()
    return Reached(
        trials=drafts,
        broken=[*broken, *_asked_twice(book)],
        figures={
            "killed": crew.killed,
            "requests at the broker": sum(book["sent"].values()),
            **Counter(f"{order.state}" for order in orders),
        },
    )


def _asked_twice(book: books.Book) -> list[str]:
    """Cancels that two replicas sent for one click."""
    return [
        f"the cancel {one} was sent {times} times"
        for one, times in book["canceled"].items()
        if times > 1
    ]


def _batch(crew: Crew, documents: Documents, run: asyncio.Runner, *, one_dies: bool) -> None:
    """So many people review, confirm and cancel; one replica dies at one of these steps."""
    dies_at = crew.chance.randrange(3) if one_dies else None
    buys = [_buy(TRADERS[n]) for n in crew.chance.sample(range(len(TRADERS) // 2), AT_ONCE)]
    crew.all_get(buys, one_dies=dies_at == 0)
    for step, action in enumerate(("confirm", "cancel"), start=1):
        orders = run.run(_made_by(buys, documents))
        clicks = [a_click(action, order.order_id, order.user_id) for order in orders]
        crew.all_get(clicks, one_dies=dies_at == step)


async def _made_by(buys: Iterable[Payload], documents: Documents) -> list[Order]:
    found: list[Order] = []
    for buy in buys:
        found += await books.stored_orders(documents, origin_key=origin_of(buy))
    return found


def _buy(trader: Trader) -> Payload:
    limit = trader.far_prices[0]
    return a_buy(trader.user_id, symbol=trader.symbol, quantity=trader.quantity, limit=limit)


REPLICAS: Final = Row(
    name="replicas",
    what="three processes on one store get the same interactions, and one is killed at random",
    unit="orders",
    goal=GOAL,
    short=2 * AT_ONCE,
    passes_when=(
        "No request is sent by two of them, and no order is forgotten: each equals the broker's "
        "within the settle time + 10 s."
    ),
    run=_run,
)
