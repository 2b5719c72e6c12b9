"""V5: a chain of 500 contracts, from the command to its card, beside the broker's answers alone."""

import asyncio
import time
from collections.abc import Sequence
from typing import Any

import requests

from bench.brokers import linked, stage_at
from bench.report import Row, Unit, sample
from bench.simulated_alpaca import EXPIRY, key_of, simulated_alpaca
from bench.stage import Stage
from floorbroker.bot.replies.chain_cards import chain_card
from floorbroker.bot.replies.components import payload_of
from floorbroker.domain.ids import UserId
from floorbroker.services.chain_parts import ChainRequest
from floorbroker.services.option_chains import OptionChains
from floorbroker.services.sources import Sources

CONTRACTS = 500
SHOWN = 22
TIMES = 30
"""Four requests each: more would use up the 200 a minute that Alpaca allows."""

WARM = 3
ASKED = ChainRequest(symbol="AAPL", expiry=EXPIRY, account="Alpaca paper")


async def chain_of_500() -> Sequence[Row]:
    """V5: the first look, which reads the list, and another part of a list that is known."""
    raw: list[float] = []
    first: list[float] = []
    again: list[float] = []
    async with simulated_alpaca(2, contracts=CONTRACTS) as address, stage_at(address) as on:
        user = UserId("30000")
        await linked(on, user, 0)
        alone = _session()
        for _ in range(WARM + TIMES):
            raw.append(await asyncio.to_thread(_timed_requests, alone, address))
            fresh = _chains(on)
            first.append(await _timed_card(on, fresh, user))
            again.append(await _timed_card(on, fresh, user))
    bare = sample(raw[WARM:])
    return (
        Row(
            id="V5",
            what=f"Chain of {CONTRACTS} contracts → card of {SHOWN}; raw: the three answers alone",
            unit=Unit.MILLISECONDS,
            ours=sample(first[WARM:]),
            raw=bare,
        ),
        Row(
            id="V5",
            what="the same again, its list known: prices only",
            unit=Unit.MILLISECONDS,
            ours=sample(again[WARM:]),
            raw=bare,
        ),
    )


def _chains(on: Stage) -> OptionChains:
    """With nothing kept from before."""
    floor = on.app.floor
    return OptionChains(
        Sources(floor.accounts, floor.sessions), floor.clock, floor.settings.risk_free_percent
    )


async def _timed_card(on: Stage, chains: OptionChains, user: UserId) -> float:
    started = time.perf_counter()
    answered = await chains.chain(user, ASKED)
    payload_of(chain_card(answered, on.app.floor.clock.now()))
    elapsed = 1000 * (time.perf_counter() - started)
    assert len(answered.value.told) == SHOWN, answered.value.remarks
    return elapsed


def _session() -> requests.Session:
    key, secret = key_of(1)
    session = requests.Session()
    session.headers.update({"APCA-API-KEY-ID": key, "APCA-API-SECRET-KEY": secret})
    return session


def _timed_requests(session: requests.Session, address: str) -> float:
    """The price, the list and the prices of what is shown, read as JSON and dropped."""
    started = time.perf_counter()
    data = f"{address}/data"
    _get(session, f"{data}/v2/stocks/snapshots", symbols="AAPL")
    listed = _get(
        session,
        f"{address}/v2/options/contracts",
        underlying_symbols="AAPL",
        expiration_date=EXPIRY.isoformat(),
        limit="10000",
    )["option_contracts"]
    symbols = ",".join(one["symbol"] for one in listed[:SHOWN])
    _get(session, f"{data}/v1beta1/options/snapshots", symbols=symbols)
    assert len(listed) == CONTRACTS, len(listed)
    return 1000 * (time.perf_counter() - started)


def _get(session: requests.Session, url: str, **terms: str) -> dict[str, Any]:
    answer = session.get(url, params=terms, timeout=10)
    answer.raise_for_status()
    told: dict[str, Any] = answer.json()
    return told
