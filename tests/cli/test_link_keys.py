"""Keys typed at `floorbroker link`: stored after success only, and shown nowhere."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from floorbroker.cli.giving_up import FAILED, MISCONFIGURED, GivenUp
from floorbroker.cli.link import Asked, connect
from floorbroker.domain.errors import (
    AuthenticationFailed,
    BrokerConnectionError,
)
from floorbroker.domain.ids import AccountId
from floorbroker.domain.modes import Environment
from floorbroker.domain.portfolio import BrokerAccount
from floorbroker.domain.terms import TERMS, TERMS_VERSION
from floorbroker.storage.documents import Documents
from tests.cli.at_home import CANARY
from tests.cli.typing_keys import (
    FIRST,
    KEY,
    KEYS,
    SECOND,
    Typed,
    connected,
    everything_in,
    links,
)
from tests.fakes.clock import ManualClock
from tests.fakes.exchange.venue import Venue
from tests.fakes.flaky_documents import FlakyDocuments
from tests.floor import ANNA, KEYED, House, built, opened, settings
from tests.observability.captured import captured_stderr


@pytest_asyncio.fixture
async def documents(tmp_path: Path) -> AsyncIterator[Documents]:
    documents = await opened(tmp_path / "floor.db")
    yield documents
    await documents.close()


@pytest.fixture
def store(documents: Documents) -> FlakyDocuments:
    return FlakyDocuments(documents)


@pytest.fixture
def venue() -> Venue:
    return Venue(keys={KEYS: (FIRST, SECOND)})


@pytest_asyncio.fixture
async def house(store: FlakyDocuments, venue: Venue) -> AsyncIterator[House]:
    chosen = settings(live_trading="on")
    house = built(store, ManualClock(), venue=venue, scripted=KEYED, chosen=chosen)
    yield house
    store.recover()
    await house.stop()


# What the broker or the store refuses


async def test_wrong_keys_can_be_typed_three_times_and_nothing_is_stored(
    house: House, venue: Venue, capsys: pytest.CaptureFixture[str]
) -> None:
    typed = Typed(KEY, "wrong", KEY, "wrong again", KEY, "still wrong")

    with pytest.raises(GivenUp, match="Nothing was stored") as reason:
        await connect(house, ANNA, Asked(broker="alpaca"), typed)

    told = capsys.readouterr()
    assert reason.value.exit_code == FAILED
    assert told.err.splitlines() == ["The exchange does not know these keys."] * 3
    assert "Try 3 of 3." in told.out
    assert venue.count("connect") == 3
    assert await links(house) == []


async def test_keys_that_are_right_the_second_time_are_stored(house: House) -> None:
    stored = await connected(house, KEY, "wrong", *KEYS)

    assert await links(house) == [stored]


async def test_what_is_no_key_reaches_no_broker(house: House, venue: Venue) -> None:
    with pytest.raises(GivenUp, match="Nothing was stored"):
        await connected(house, "", "", "a b", "x", "../../", CANARY)

    assert venue.requests == []


async def test_a_broker_out_of_reach_is_not_asked_again_with_other_keys(
    house: House, venue: Venue
) -> None:
    venue.failing["connect"] = BrokerConnectionError(broker="alpaca")

    with pytest.raises(GivenUp, match="Nothing was stored") as reason:
        await connected(house)

    assert reason.value.exit_code == FAILED
    assert venue.count("connect") == 1
    assert await links(house) == []


async def test_what_was_proven_and_cannot_be_stored_is_told(
    house: House, store: FlakyDocuments
) -> None:
    class Broken(Typed):
        def complete(self) -> None:
            store.fail("insert", "links")

    with pytest.raises(GivenUp, match="cannot reach its storage") as reason:
        await connect(house, ANNA, Asked(broker="alpaca"), Broken(*KEYS))

    store.recover()
    assert reason.value.exit_code == FAILED
    assert await links(house) == []


@pytest.mark.parametrize("label", ["x" * 33, "a\nb", "[link](https://example.com)"])
async def test_a_name_that_cannot_be_one_is_refused_before_a_key_is_typed(
    house: House, label: str
) -> None:
    typed = Typed()

    with pytest.raises(GivenUp, match="A name for the account") as reason:
        await connect(house, ANNA, Asked(broker="alpaca", label=label), typed)

    assert reason.value.exit_code == MISCONFIGURED
    assert typed.hidden == []


async def test_a_link_to_renew_that_is_not_there_lists_those_that_are(house: House) -> None:
    await connected(house, label="Mine")

    with pytest.raises(GivenUp, match=r"There are: Mine \(alpaca PAPER\)") as reason:
        await connected(house, relink="Yours")

    assert reason.value.exit_code == MISCONFIGURED


async def test_a_live_link_is_not_renewed_without_saying_live(house: House) -> None:
    await connected(house, "yes", *KEYS, live=True, label="Mine")

    with pytest.raises(GivenUp, match="say --live as well"):
        await connected(house, relink="Mine")


async def test_keys_of_another_account_do_not_renew_a_link(house: House, venue: Venue) -> None:
    before = await connected(house)
    venue.keys["AK-OTHER", "other-secret"] = (
        BrokerAccount(account_id=AccountId("X-3"), number="ACC0009999"),
    )

    with pytest.raises(GivenUp):
        await connected(house, *("AK-OTHER", "other-secret") * 3, relink=before.label)

    assert await links(house) == [before]


# Real money


@pytest.mark.parametrize("answer", ["", "no", "y", "yes please", CANARY])
async def test_without_a_plain_yes_a_live_account_is_not_linked(
    house: House, venue: Venue, answer: str
) -> None:
    with pytest.raises(GivenUp, match="Not accepted") as reason:
        await connected(house, answer, live=True)

    assert reason.value.exit_code == FAILED
    assert venue.requests == []
    assert (await house.accounts.person(ANNA)).accepted_terms == 0


async def test_a_live_account_is_linked_after_the_terms_were_shown_and_accepted(
    house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    stored = await connected(house, "Yes", *KEYS, live=True)

    told = capsys.readouterr().out
    assert stored.environment is Environment.LIVE
    assert all(paragraph in told for paragraph in TERMS)
    assert "  LIVE  …1234  Cash  USD" in told
    assert "Live on, in /settings" in told
    assert (await house.accounts.person(ANNA)).accepted_terms == TERMS_VERSION


async def test_each_live_account_asks_for_its_own_yes(house: House, venue: Venue) -> None:
    await connected(house, "yes", *KEYS, live=True)
    venue.keys["AK-OTHER", "other-secret"] = (
        BrokerAccount(account_id=AccountId("X-3"), number="ACC0009999"),
    )

    with pytest.raises(GivenUp, match="Not accepted"):
        await connected(house, "AK-OTHER", "other-secret", live=True)


# It works


async def test_a_person_reads_what_to_have_ready_then_what_was_found(
    house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    typed = Typed(*KEYS)

    done = await connect(house, ANNA, Asked(broker="alpaca", label="Mine"), typed)

    told = capsys.readouterr().out
    assert told.startswith("Alpaca PAPER\n")
    assert "  - An API key and its secret" in told
    assert "  1. Sign up at alpaca.markets" in told
    assert "/setup broker" not in told
    assert "Connecting…\n\nMine is connected. It reaches:\n" in told
    assert "  PAPER  …1234  Cash  USD\n  PAPER  …5678  USD\n" in told
    assert "ACC000" not in told
    assert "Orders that name no account go there." in told
    assert (typed.seen, typed.hidden) == (["API key"], ["API secret"])
    assert await links(house) == [done.link]


async def test_a_link_is_renewed_in_place(
    house: House, venue: Venue, capsys: pytest.CaptureFixture[str]
) -> None:
    before = await connected(house, label="Mine")
    venue.keys["AK-NEW", "new-secret"] = (FIRST,)

    after = await connected(house, "AK-NEW", "new-secret", relink="mine")

    assert after.link_id == before.link_id
    assert "Mine has new access. It reaches:" in capsys.readouterr().out
    assert house.credentials.opened(after) == {"api_key": "AK-NEW", "api_secret": "new-secret"}


async def test_another_process_uses_the_new_access_with_its_next_command(
    house: House, store: FlakyDocuments, venue: Venue
) -> None:
    await connected(house)
    bot = built(store, ManualClock(), venue=venue, scripted=KEYED)

    accounts, failed = await bot.accounts.accounts(ANNA)
    await bot.stop()

    assert failed == []
    assert {one.account.number for one in accounts} == {FIRST.number, SECOND.number}


# No secret anywhere


async def test_what_was_typed_is_in_no_output_log_store_or_error(
    house: House, venue: Venue, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with captured_stderr(level="DEBUG") as log:
        await connected(house)
        venue.failing["connect"] = AuthenticationFailed(f"No such key: {KEY}, {CANARY}\x1b[2J")
        with pytest.raises(GivenUp) as reason:
            await connected(house, *KEYS * 3)
        await asyncio.sleep(0)

    told = capsys.readouterr()
    errors = []
    error: BaseException | None = reason.value
    while error is not None:
        errors.append(repr(error))
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    written = everything_in(tmp_path)
    assert "No such key: [hidden], [hidden] [2J" in log.getvalue()
    for secret in KEYS:
        assert secret not in told.out + told.err + log.getvalue() + "".join(errors)
        assert secret.encode() not in written
