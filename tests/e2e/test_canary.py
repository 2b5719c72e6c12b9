"""A person's keys are planted, and looked for wherever a working day could have left them."""

import asyncio
import logging
import sys
from pathlib import Path

from floorbroker.domain.order_state import OrderState
from tests.e2e.at_alpaca import KEY, SECRET, at_alpaca
from tests.e2e.people import Seen
from tests.e2e.world import World
from tests.observability.captured import captured_stderr
from tests.simulators.alpaca import AlpacaSimulator, Fault
from tests.stores import Store

BODIES = (Fault.BAD_GATEWAY, Fault.INVALID_JSON, Fault.RESET, Fault.TRUNCATED, Fault.LIST)


async def _a_day(world: World, sim: AlpacaSimulator) -> list[Seen]:
    """Everything that works, and everything that does not; every answer."""
    alice = world.alice
    seen: list[Seen] = []

    async def types(command: str, **options: str) -> Seen:
        seen.append(await alice.types(command, **options))
        return seen[-1]

    async def confirms(**options: str) -> None:
        review = await alice.types("buy", symbol="AAPL", quantity="1", **options)
        seen.extend([review, await alice.clicks(review, "Confirm")])

    for command in ("setup accounts", "setup status", "balance", "positions", "portfolio"):
        await types(command)
    await confirms()
    await confirms(limit="150")
    for fault in BODIES:
        trouble = sim.fail("any", fault, times=1)
        await types("balance")
        trouble.release()
        trouble = sim.fail("place", fault, times=1)
        await confirms()
        trouble.release()
        await world.later(20)
    sim.refuse("place", message=f"key {KEY} may not do that", times=1)
    await confirms()
    for order in await world.orders(alice):
        if order.state is OrderState.ACCEPTED:
            await types("order cancel", order=order.order_id)
    await types("orders")
    sim.revoke(KEY)
    await types("balance")
    await types("setup status")
    await world.later(20)
    await types("setup remove", account="Alpaca paper")
    seen.append(await alice.clicks(seen[-1], "Remove"))
    return seen


async def _environment_of_a_child() -> bytes:
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        "import os; print(dict(os.environ))",
        stdout=asyncio.subprocess.PIPE,
    )
    printed, _ = await child.communicate()
    return printed


async def test_no_key_is_in_a_log_a_card_a_metric_the_store_or_a_childs_environment(
    sqlite: Store, tmp_path: Path
) -> None:
    with captured_stderr(level="DEBUG") as log:
        logging.getLogger("urllib3").setLevel(logging.DEBUG)
        async with at_alpaca(sqlite.open()) as (world, sim):
            seen = await _a_day(world, sim)
            channel = [*world.public(), *world.messages_to(world.alice)]
            cards = "\n".join(f"{one.text}\n{one.raw}" for one in (*seen, *channel))
            metrics, _ = world.app.metrics.render()
            child = await _environment_of_a_child()
            stored = b"".join(
                path.read_bytes()
                for path in tmp_path.iterdir()  # noqa: ASYNC240 # nothing else runs
                if path.is_file()
            )

    lines = log.getvalue()
    assert "link_died" in lines  # the log was on
    assert "Alpaca paper" in cards
    assert len(stored) > 10_000
    for secret in (KEY, SECRET):
        assert secret not in lines
        assert secret.encode() not in metrics
        assert secret.encode() not in stored
        assert secret.encode() not in child
        assert secret not in cards
    assert "key [hidden] may not do that" in cards
