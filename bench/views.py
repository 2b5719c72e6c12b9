"""V2 and V3: what a person waits for who looks at a chart or at ten accounts."""

import asyncio
import time
from collections.abc import Sequence

from alpaca.trading.client import TradingClient

from bench.brokers import linked, stage_at
from bench.report import Row, Unit, sample
from bench.simulated_alpaca import key_of, simulated_alpaca
from floorbroker.charts.studio import Studio
from floorbroker.domain.ids import UserId
from tests.charts.drawings import another

ACCOUNTS = 10
LOOKS = 60
WARM = 10
CHARTS = 40


async def chart() -> Sequence[Row]:
    """V2: a chart that was not drawn yet, beside one that was."""
    studio = Studio()
    drawn, kept = [], []
    try:
        for number in range(CHARTS):
            one = another(number)
            for times in (drawn, kept):
                started = time.perf_counter()
                await studio.picture(one)
                times.append(1000 * (time.perf_counter() - started))
    finally:
        await studio.aclose()
    ours = sample(drawn[WARM:])
    return (
        Row(
            id="V2",
            what="a chart, drawn in the other process; raw: the same one again, kept",
            unit=Unit.MILLISECONDS,
            ours=ours,
            raw=sample(kept[WARM:]),
        ),
    )


async def portfolio() -> Sequence[Row]:
    """V3: balances and positions of ten accounts, beside the same two calls for one of them."""
    user = UserId("60000")
    waits, raw = [], []
    async with simulated_alpaca(ACCOUNTS) as address, stage_at(address) as on:
        for number in range(ACCOUNTS):
            await linked(on, user, number)
        alone = TradingClient(*key_of(0), url_override=address)
        for _ in range(WARM + LOOKS):
            raw.append(await asyncio.to_thread(_timed, alone))
            started = time.perf_counter()
            overview = await on.app.floor.portfolio.overview(user)
            waits.append(1000 * (time.perf_counter() - started))
            assert len(overview.holdings) == ACCOUNTS, overview.failed
    return (
        Row(
            id="V3",
            what=f"/portfolio of {ACCOUNTS} accounts; raw: alpaca-py's two calls for one account",
            unit=Unit.MILLISECONDS,
            ours=sample(waits[WARM:]),
            raw=sample(raw[WARM:]),
        ),
    )


def _timed(client: TradingClient) -> float:
    started = time.perf_counter()
    client.get_account()
    client.get_all_positions()
    return 1000 * (time.perf_counter() - started)
