"""The drill: a store is lost after its backup, and nothing that was sent since is sent again."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final
from uuid import uuid4

import pytest

from floorbroker.vault.keyring import new_key
from tests.e2e.keeping import bot, floorbroker
from tests.e2e.keeping_bot import KEY, OWNER, SECRET
from tests.simulators.alpaca import AlpacaSimulator

MASTER_KEY: Final = new_key("drill")
USUAL: Final = {
    "OWNER_ID": OWNER,
    "RECONCILE_SECONDS": "0.1",
    "CREDENTIAL_MASTER_KEYS": MASTER_KEY,
}
Settings = dict[str, str]


@pytest.fixture
async def sim() -> AsyncIterator[AlpacaSimulator]:
    async with AlpacaSimulator() as sim:
        sim.add_person(KEY, SECRET)
        sim.market.open = True
        sim.market.set("AAPL", bid="189.90", ask="190.00")
        yield sim


def stores(engine: str, sim: AlpacaSimulator, request: pytest.FixtureRequest) -> list[Settings]:
    """The settings of a bot, and those of the same on a new and empty store."""
    endpoints = ",".join(
        (
            f"alpaca.paper={sim.url}",
            f"alpaca.data={sim.data_url}",
            f"alpaca.stream={sim.stream_url}",
        )
    )
    usual = {**USUAL, "BROKER_ENDPOINTS": endpoints}
    if engine == "sqlite":
        home = {**usual, "DEPLOYMENT_MODE": "single-user"}
        return [{**home, "DATA_DIR": name} for name in ("data", "new")]
    cloud = {**usual, "MONGODB_URI": request.getfixturevalue("mongo_uri")}
    return [{**cloud, "MONGODB_DATABASE": f"{name}_{uuid4().hex[:24]}"} for name in ("old", "new")]


@pytest.mark.long  # a dozen processes, one after the other
@pytest.mark.timeout(300)
@pytest.mark.parametrize("engine", ["sqlite", "mongodb"])
async def test_a_lost_store_is_restored_and_nothing_is_sent_again(
    engine: str, sim: AlpacaSimulator, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    old, new = stores(engine, sim, request)

    async with bot(tmp_path, **old) as first:
        await first.ask("link")
        before = [await first.ask("draft", limit=one, origin=one) for one in ("183", "184")]
        states = [await first.ask("confirm", order=one) for one in before]
        draft = await first.ask("draft", limit="182", origin="draft")
        backup = await floorbroker(tmp_path, "data", "backup", "b.gz", **old)
        states.append(await first.ask("confirm", order=draft))
        later = await first.ask("draft", limit="181", origin="later")
        states.append(await first.ask("confirm", order=later))
        ends = await floorbroker(tmp_path, "audit", "verify", "--ends", "ends.json", **old)
        await first.kill()
    sent = sim.orders_received

    restore = await floorbroker(tmp_path, "data", "restore", "b.gz", **new)
    chains = await floorbroker(tmp_path, "audit", "verify", **new)
    cut_off = await floorbroker(tmp_path, "audit", "verify", "--ends", "ends.json", **new)

    async with bot(tmp_path, **new) as second:
        confirmed_again = [await second.ask("confirm", order=one) for one in (draft, later)]
        open_there = await second.ask("at_the_broker")
        known = [await second.ask("state", order=one) for one in (*before, draft, later)]
        again = await second.ask("draft", limit="181", origin="later")
        await second.ask("resume")
        fresh = await second.ask("draft", limit="180", origin="fresh")
        sim.fill(before[1], price="184")
        looked = [await second.ask("look", order=one) for one in before]
        after = sim.orders_received
        accepted = await second.ask("confirm", order=fresh)

    assert states == ["accepted"] * 4
    assert (backup.code, restore.code, ends.code) == (0, 0, 0), backup.err + restore.err
    assert confirmed_again == ["DRAFT_EXPIRED", "NOT_YOURS"]
    assert open_there == sorted([*before, draft, later])
    assert known == ["accepted", "accepted", "lapsed", "NOT_YOURS"]
    assert looked == ["accepted", "filled"]
    assert again == "KILL_SWITCH"
    assert accepted == "accepted"
    assert (sent, after, sim.orders_received) == (4, 4, 5)
    assert chains.code == 0, chains.out
    assert cut_off.code == 1
    assert "cut off: it was there last time" in cut_off.out


@pytest.mark.long
@pytest.mark.timeout(300)
async def test_a_bot_moves_from_home_to_the_cloud_and_back(
    sim: AlpacaSimulator, tmp_path: Path, mongo_uri: str
) -> None:
    endpoints = ",".join(
        (
            f"alpaca.paper={sim.url}",
            f"alpaca.data={sim.data_url}",
            f"alpaca.stream={sim.stream_url}",
        )
    )
    home = {"OWNER_ID": OWNER, "BROKER_ENDPOINTS": endpoints, "DEPLOYMENT_MODE": "single-user"}
    async with bot(tmp_path, **home) as at_home:
        await at_home.ask("link")
        order = await at_home.ask("draft", limit="183", origin="at home")
        await at_home.ask("confirm", order=order)
        gateway = await at_home.ask("gateway_link")
    key_file = tmp_path / "data" / "master.key"
    cloud = {
        "BROKER_ENDPOINTS": endpoints,
        "OPERATOR_IDS": OWNER,
        "MONGODB_URI": mongo_uri,
        "MONGODB_DATABASE": f"moved_{uuid4().hex[:24]}",
        "CREDENTIAL_MASTER_KEYS": f"{MASTER_KEY},{key_file.read_text().strip()}",
    }

    out = await floorbroker(tmp_path, "data", "backup", "out.gz", **home)
    without = await floorbroker(
        tmp_path, "data", "check", "out.gz", **{**cloud, "CREDENTIAL_MASTER_KEYS": MASTER_KEY}
    )
    moved = await floorbroker(tmp_path, "data", "restore", "out.gz", **cloud)
    async with bot(tmp_path, **cloud) as in_the_cloud:
        links = await in_the_cloud.ask("links")
        seen = await in_the_cloud.ask("look", order=order)
    rotated = await floorbroker(tmp_path, "keys", "rotate", **cloud)
    back = await floorbroker(tmp_path, "data", "backup", "back.gz", **cloud)
    new_home = {**home, "DATA_DIR": "new", "CREDENTIAL_MASTER_KEYS": MASTER_KEY}
    home_again = await floorbroker(tmp_path, "data", "restore", "back.gz", **new_home)
    async with bot(tmp_path, **new_home) as at_home:
        links_at_home = await at_home.ask("links")
        seen_at_home = await at_home.ask("look", order=order)

    assert gateway == "linked"
    assert (out.code, moved.code, rotated.code, back.code, home_again.code) == (0, 0, 0, 0, 0)
    assert (without.code, "Not here: local." in without.out) == (1, True), without.out
    assert links == ["alpaca: reached", "ibkr: DEPLOYMENT_MODE"]
    assert "alpaca: reached" in links_at_home
    assert (seen, seen_at_home) == ("accepted", "accepted")
    assert sim.orders_received == 1
