"""People who trade without a pause: each reviews, confirms, waits for the receipt, and goes on."""

import asyncio
import json
import random
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import aiohttp

from floorbroker.web.interactions import PATH
from tests.campaign.fleet.fleet import Fleet
from tests.campaign.fleet.replica import DISCORDS_KEY
from tests.campaign.people import TRADERS, Trader
from tests.campaign.replica import Payload, a_button, a_buy

OVERDUE_SECONDS: Final = 15.0
"""Whoever hears nothing for so long begins anew with another order."""

_LOOK_SECONDS: Final = 0.05


@dataclass(frozen=True, slots=True)
class _Waits:
    """Somebody waits for the answer to an interaction."""

    seat: int
    confirms: bool
    since: float


class Floor:
    """So many seats; at each of them somebody trades.

    Attributes:
        done: What happened how often.
    """

    def __init__(self, fleet: Fleet, chance: random.Random, people: Sequence[Trader]) -> None:
        """Nobody has done anything yet."""
        self._fleet, self._chance, self._people = fleet, chance, people
        self._waiting: dict[str, _Waits] = {}
        self._session: aiohttp.ClientSession | None = None
        self.done: Counter[str] = Counter()

    async def trade(self, enough: Callable[[], bool]) -> None:
        """Until it is enough, and nobody waits any more."""
        async with aiohttp.ClientSession(trust_env=False) as session:
            self._session = session
            await asyncio.gather(*(self._buys(seat) for seat in range(len(self._people))))
            while self._waiting:
                await asyncio.sleep(_LOOK_SECONDS)
                await self._look(goes_on=not enough())

    async def _look(self, *, goes_on: bool) -> None:
        next_steps = []
        for interaction, buttons in self._fleet.exchange.answered().items():
            waits = self._waiting.pop(interaction, None)
            if waits is None:
                continue
            confirm = next((one for one in buttons if one.startswith("fb:confirm:")), None)
            if not waits.confirms and confirm is not None:
                next_steps.append(self._confirms(waits.seat, confirm))
                continue
            self.done["receipts" if waits.confirms else "refused"] += 1
            if goes_on:
                next_steps.append(self._buys(waits.seat))
        now = time.monotonic()
        for interaction, waits in list(self._waiting.items()):
            if now - waits.since > OVERDUE_SECONDS:
                del self._waiting[interaction]
                self.done["not answered"] += 1
                if goes_on:
                    next_steps.append(self._buys(waits.seat))
        await asyncio.gather(*next_steps)

    async def _buys(self, seat: int) -> None:
        trader = self._people[seat]
        options = {"symbol": trader.symbol, "quantity": trader.quantity}
        if self._chance.random() < 0.3:
            options["limit"] = trader.far_prices[0]
        await self._sends(seat, a_buy(trader.user_id, **options), confirms=False)

    async def _confirms(self, seat: int, custom_id: str) -> None:
        self.done["confirmed"] += 1
        await self._sends(seat, a_button(custom_id, self._people[seat].user_id), confirms=True)

    async def _sends(self, seat: int, payload: Payload, *, confirms: bool) -> None:
        """As Discord sends it: signed, and not again where somebody took it."""
        assert self._session is not None
        self._waiting[payload["id"]] = _Waits(seat, confirms, time.monotonic())
        body = json.dumps(payload).encode()
        moment = str(int(time.time()))
        headers = {
            "X-Signature-Timestamp": moment,
            "X-Signature-Ed25519": DISCORDS_KEY.sign(moment.encode() + body).hex(),
            "Content-Type": "application/json",
        }
        url = f"{self._fleet.address}{PATH}"
        async with self._session.post(url, data=body, headers=headers) as answer:
            self.done[f"status {answer.status}"] += 1


SEATS: Final = (*TRADERS[: len(TRADERS) // 2], *TRADERS[: len(TRADERS) // 2])
"""Everybody with shares, twice: at a computer and a telephone."""
