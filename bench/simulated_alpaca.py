"""Alpaca's simulator in a process of its own, for the rows that talk to a broker on the wire.

`python -m bench.simulated_alpaca PEOPLE SHARES CONTRACTS` prints its address and serves until
standard input ends. Orders are answered after 50 ms, everything else at once.
"""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from itertools import islice, product
from string import ascii_uppercase

from tests.simulators.alpaca import AlpacaSimulator, Fault
from tests.simulators.alpaca.assets import Asset

ANSWER_SECONDS = 0.05
MANY = 10_000_000
"""Requests a minute: one person orders as fast as it goes, which Alpaca's own limit would end."""

EXPIRY = datetime.now(UTC).date() + timedelta(days=30)


def key_of(number: int) -> tuple[str, str]:
    """Key and secret of one person."""
    return f"PK{number:018d}", f"{number:040d}"


@asynccontextmanager
async def simulated_alpaca(
    people: int, shares: int = 0, *, contracts: int = 0
) -> AsyncIterator[str]:
    """Its address, while the block runs.

    Args:
        shares: So many more than it usually lists.
        contracts: So many of AAPL that expire on `EXPIRY`.
    """
    server = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bench.simulated_alpaca",
        str(people),
        str(shares),
        str(contracts),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert server.stdout is not None and server.stdin is not None
    try:
        yield (await server.stdout.readline()).decode().strip()
    finally:
        server.stdin.close()
        await server.wait()


def symbols(count: int) -> list[str]:
    """`AAAA`, `AAAB` and so on."""
    letters = product(ascii_uppercase, repeat=4)
    return ["".join(four) for four in islice(letters, 0, None, 26**4 // max(count, 1))][:count]


async def _serve(people: int, shares: int, contracts: int) -> None:
    async with AlpacaSimulator() as sim:
        names = (Asset(symbol=one, name=f"{one.title()} Corporation") for one in symbols(shares))
        sim.catalogue.add(*names)
        sim.limit_rate(MANY)
        for number in range(people):
            sim.add_person(*key_of(number), cash="10000000")
        sim.fail("place", Fault.LATE, delay=ANSWER_SECONDS)
        for number in range(contracts):
            right, strike = ("call", "put")[number % 2], str(65 + number // 2)
            symbol = sim.catalogue.add_contract("AAPL", EXPIRY, strike, right)
            sim.market.set(symbol, bid="4.90", ask="5.10")
        ended = asyncio.ensure_future(asyncio.to_thread(sys.stdin.read))
        print(sim.url, flush=True)
        while not ended.done():
            sim.market.set("AAPL", bid="189.99", ask="190.00")
            await asyncio.wait({ended}, timeout=0.2)


if __name__ == "__main__":
    asyncio.run(_serve(*map(int, sys.argv[1:4])))
