"""The bot but for Discord, in a process of its own, with the settings of its environment.

Run as a program. Each line on its standard input is `{"do": …}`; for each it prints one of JSON. As
the real one it looks after its orders meanwhile.
"""

import asyncio
import json
import sys
from typing import Any, Final

from floorbroker.bootstrap import App, running
from floorbroker.cli.opening import sentences_for_trouble
from floorbroker.cli.settings import read_settings
from floorbroker.domain.errors import FloorbrokerError
from floorbroker.domain.ids import BrokerId, LinkId, OrderId, UserId
from floorbroker.domain.modes import Environment
from floorbroker.domain.orders import Side
from floorbroker.domain.people import Link
from floorbroker.observability.logging import configure_logging
from floorbroker.services.callers import Caller
from floorbroker.services.choices import PersonalSwitch
from floorbroker.services.link_requests import Wanted
from floorbroker.services.ticket import Ticket
from floorbroker.storage.people import People

KEY: Final = "PKDRILL0000000000001"
SECRET: Final = "canary/Drill+Secret0123456789abcdefghijk"
_LOOK_SECONDS = 30
OWNER: Final = "100000000000000001"


class Told:
    """What it can be told to do, all of it for one person."""

    def __init__(self, app: App) -> None:
        """On a process that runs."""
        self._app = app
        self._floor = app.floor
        self._told = 0

    async def do(self, what: dict[str, Any]) -> Any:
        """The answer: what it came to, or the code of the error."""
        self._told += 1
        try:
            return await getattr(self, what.pop("do"))(**what)
        except FloorbrokerError as error:
            return str(error.code)

    async def link(self) -> str:
        wanted = Wanted(
            user_id=UserId(OWNER), broker=BrokerId("alpaca"), environment=Environment.PAPER
        )
        given = {"api_key": KEY, "api_secret": SECRET}
        # There is no Discord to tell the person anything.
        await self._floor.choices.switch(UserId(OWNER), PersonalSwitch.NOTIFY, False)
        await self._floor.linking.keep(await self._floor.linking.try_out(wanted, given))
        return "linked"

    async def gateway_link(self) -> str:
        """As it is stored once a gateway has answered."""
        made = Link(
            link_id=LinkId("gateway"),
            user_id=UserId(OWNER),
            broker=BrokerId("ibkr"),
            environment=Environment.PAPER,
            label="TWS",
            created_at=self._floor.clock.now(),
        )
        assert await People(self._app.documents).save_link(made) is not None
        return "linked"

    async def draft(self, limit: str, origin: str) -> str:
        ticket = Ticket(symbol="AAPL", side=Side.BUY, quantity="1", limit=limit)
        order = await self._floor.drafts.draft(self._caller(origin), ticket)
        return order.order_id

    async def confirm(self, order: str) -> str:
        done = await self._floor.orders.confirm(self._caller(), OrderId(order), None)
        return done.state.value

    async def state(self, order: str) -> str:
        return (await self._floor.orders.get(self._caller(), OrderId(order))).state.value

    async def look(self, order: str) -> str:
        """As Refresh does, and the sweep when the order is due.

        Where news that the broker pushed was faster, what that look found.
        """
        async with asyncio.timeout(_LOOK_SECONDS):
            while True:
                stored = await self._floor.orders.get(self._caller(), OrderId(order))
                if stored.check_at is not None:
                    await self._floor.reconciler.check(stored)
                    stored = await self._floor.orders.get(self._caller(), OrderId(order))
                if stored.claim is None:
                    return stored.state.value
                await asyncio.sleep(0.05)

    async def at_the_broker(self) -> list[str | None]:
        """Our ids of what is open there, as far as the broker tells."""
        accounts, _ = await self._floor.accounts.accounts(UserId(OWNER))
        (alpaca,) = [one for one in accounts if one.link.broker == "alpaca"]
        async with self._floor.sessions.lease(alpaca.link) as adapter:
            listed = await adapter.open_orders(alpaca.account)
        return sorted(one.order_id or "" for one in listed)

    async def links(self) -> list[str]:
        """What can be reached, and why the rest cannot."""
        accounts, failed = await self._floor.accounts.accounts(UserId(OWNER))
        reached = [f"{one.link.broker}: reached" for one in accounts]
        return sorted([*reached, *(f"{one.link.broker}: {one.error.code}" for one in failed)])

    async def resume(self) -> str:
        await self._floor.choices.pause_service(self._caller(), False)
        return "resumed"

    def _caller(self, origin: str = "") -> Caller:
        return Caller(
            user_id=UserId(OWNER), guild_id=None, origin_key=origin or f"click {self._told}"
        )


async def main() -> None:
    """Serves its standard input until that ends."""
    configure_logging("ERROR", json=False)
    with sentences_for_trouble(settings := read_settings()):
        async with running(settings) as app:
            told = Told(app)
            print(json.dumps("ready"), flush=True)  # noqa: T201  # for the test that started it
            while line := await asyncio.to_thread(sys.stdin.readline):
                print(json.dumps(await told.do(json.loads(line))), flush=True)  # noqa: T201


if __name__ == "__main__":
    asyncio.run(main())
