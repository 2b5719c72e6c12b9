"""V1: prices to look at, and symbols while they are typed."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence

from alpaca.data.historical import StockHistoricalDataClient
from alpaca.data.requests import StockSnapshotRequest

from bench.brokers import linked, stage_at
from bench.report import Row, Sample, Unit, sample
from bench.simulated_alpaca import key_of, simulated_alpaca, symbols
from floorbroker.domain.ids import UserId
from floorbroker.services.quotes import KEPT_SECONDS

USER = UserId("60000")
LISTED = 10_000
TIMES = 300
WARM = 20
QUOTES = 20
WARM_QUOTES = 3
TYPED = ("A", "AA", "AAP", "M", "MSF", "Q", "ZZ", "aaaa corp", "no such thing")


async def autocomplete() -> Sequence[Row]:
    """V1: one letter more, with 10,000 shares listed; from the service to the suggestions."""
    lines = [(one, f"{one.title()} Corporation") for one in symbols(LISTED)]
    async with simulated_alpaca(1, LISTED) as address, stage_at(address) as on:
        await linked(on, USER, 0)
        search = on.app.floor.symbols.search
        assert await search(USER, "A"), "the list is loaded"
        ours, raw = [], []
        for number in range(WARM + TIMES):
            text = TYPED[number % len(TYPED)]
            ours.append(await _timed(lambda text=text: search(USER, text)))
            started = time.perf_counter()
            _scan(lines, text)
            raw.append(1000 * (time.perf_counter() - started))
    waits = sample(ours[WARM:])
    return (
        Row(
            id="V1",
            what=f"a letter typed, {LISTED:,} shares listed; raw: a scan of them all",
            goal="p99 ≤ 50 ms",
            unit=Unit.MILLISECONDS,
            ours=waits,
            raw=sample(raw[WARM:]),
            met=waits.p99 <= 50,
        ),
    )


async def quote() -> Sequence[Row]:
    """V1: /quote without Discord, at a broker on the wire, beside its SDK; and kept."""
    async with simulated_alpaca(2) as address, stage_at(address) as on:
        await linked(on, USER, 0)
        look = on.app.floor.quotes.look
        alone = StockHistoricalDataClient(*key_of(1), url_override=f"{address}/data")
        asked = StockSnapshotRequest(symbol_or_symbols="AAPL")
        uncached, raw, cached = [], [], []
        for _ in range(WARM_QUOTES + QUOTES):
            raw.append(
                await asyncio.to_thread(_timed_here, lambda: alone.get_stock_snapshot(asked))
            )
            uncached.append(await _timed(lambda: look(USER, "AAPL", None)))
            cached.append(await _timed(lambda: look(USER, "AAPL", None)))
            await asyncio.sleep(KEPT_SECONDS)
    return (
        _row(
            "quote, not kept; raw: alpaca-py",
            sample(uncached[WARM_QUOTES:]),
            sample(raw[WARM_QUOTES:]),
        ),
        _row(
            "quote, kept; raw: the one not kept",
            sample(cached[WARM_QUOTES:]),
            sample(uncached[WARM_QUOTES:]),
        ),
    )


def _row(what: str, ours: Sample, raw: Sample) -> Row:
    return Row(id="V1", what=what, unit=Unit.MILLISECONDS, ours=ours, raw=raw)


def _scan(lines: Sequence[tuple[str, str]], text: str) -> Sequence[tuple[str, str]]:
    symbol, name = text.upper(), text.casefold()
    return [
        one for one in lines if one[0].startswith(symbol) or one[1].casefold().startswith(name)
    ][:25]


async def _timed(call: Callable[[], Awaitable[object]]) -> float:
    started = time.perf_counter()
    await call()
    return 1000 * (time.perf_counter() - started)


def _timed_here(call: Callable[[], object]) -> float:
    started = time.perf_counter()
    call()
    return 1000 * (time.perf_counter() - started)
