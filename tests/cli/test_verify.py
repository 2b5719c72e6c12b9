"""`floorbroker verify`: whose account, which one, and a report that can be published."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Final

import pytest
import pytest_asyncio
from typer.testing import CliRunner, Result

from floorbroker.brokers.registry import get_broker
from floorbroker.cli.app import app
from floorbroker.cli.link_names import account_named
from floorbroker.cli.verify import Told
from floorbroker.cli.verify_report import markdown, sdk_version
from floorbroker.domain.errors import NotLinked, OrderRejected
from floorbroker.domain.ids import AccountId, BrokerId, LinkId, UserId
from floorbroker.domain.modes import Environment
from floorbroker.domain.people import Link, Person
from floorbroker.domain.portfolio import BrokerAccount
from floorbroker.services.verification import Plan, Verification, verified
from floorbroker.services.verification_steps import Pace
from floorbroker.storage.indexes import INDEXES
from floorbroker.storage.people import People
from floorbroker.storage.sqlite import SqliteDocuments
from floorbroker.vault.keyring import new_key
from tests.cli.at_home import HOME, OWNER
from tests.environment import only_these_settings
from tests.fakes.clock import NOON, ManualClock
from tests.fakes.exchange.venue import Venue
from tests.floor import House, built, opened

STRANGER: Final = "100000000000000002"
PERSONAL: Final = ("ACC-NUMBER-7781", "ACC-ID-5512", OWNER, "LINK-ID-3391", "My own label")
SAID: Final = "Dear holder of ACC-NUMBER-7781, no.\x1b[2J"


def verify(
    monkeypatch: pytest.MonkeyPatch, folder: Path, *arguments: str, **changes: str
) -> Result:
    usual = {**HOME, "PAPER_LATENCY_MS": "0"}
    only_these_settings(monkeypatch, folder, **{**usual, **changes})
    return CliRunner().invoke(app, ["verify", *arguments])


def link(**changes: Any) -> Link:
    usual: dict[str, Any] = {
        "link_id": LinkId("LINK-ID-3391"),
        "user_id": UserId(OWNER),
        "broker": BrokerId("alpaca"),
        "environment": Environment.PAPER,
        "label": "My own label",
        "created_at": NOON,
    }
    return Link(**{**usual, **changes})


def stored(folder: Path, *records: Link | Person) -> None:
    """Puts links and choices where the command finds them."""

    async def store() -> None:
        documents = SqliteDocuments(folder / "data" / "floorbroker.sqlite3")
        await documents.start(INDEXES)
        people = People(documents)
        for record in records:
            if isinstance(record, Link):
                assert await people.save_link(record)
            else:
                assert await people.save_person(record)
        await documents.close()

    (folder / "data").mkdir()
    asyncio.run(store())


# Whose account


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((), "Say whose account it is: --user"),
        (("--user", STRANGER), "those whose ids stand in OPERATOR_IDS"),
    ],
)
def test_in_the_cloud_only_an_operator_verifies_and_only_their_own_account(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, arguments: tuple[str, ...], sentence: str
) -> None:
    result = verify(
        *(monkeypatch, tmp_path, "Paper", *arguments),
        DEPLOYMENT_MODE="multi-user",
        OWNER_ID="",
        OPERATOR_IDS=OWNER,
        MONGODB_URI="mongodb://127.0.0.1:1",
        CREDENTIAL_MASTER_KEYS=new_key("test"),
    )

    assert (result.exit_code, result.stdout) == (2, "")
    assert sentence in result.stderr


def test_at_home_nobody_elses_account_is_verified(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    result = verify(monkeypatch, tmp_path, "Paper", "--user", STRANGER)

    assert (result.exit_code, result.stdout) == (2, "")
    assert not (tmp_path / "data").exists()


def test_without_settings_each_missing_one_but_the_token_has_its_line(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    result = verify(monkeypatch, tmp_path, "Paper", DEPLOYMENT_MODE="multi-user")

    names = [line.partition(":")[0] for line in result.stderr.splitlines()]
    assert result.exit_code == 2
    assert names == ["MONGODB_URI", "CREDENTIAL_MASTER_KEYS"]


# Which account


def test_an_account_that_is_not_there_lists_those_that_are(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    stored(tmp_path, link(label="Mine"))

    result = verify(monkeypatch, tmp_path, "Yours")

    assert (result.exit_code, result.stdout) == (2, "")
    assert "There are: Mine (alpaca PAPER)." in result.stderr


def test_an_account_with_real_money_is_refused_before_anything_is_asked(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    stored(tmp_path, link(label="Mine", environment=Environment.LIVE))

    result = verify(monkeypatch, tmp_path, "Mine", LIVE_TRADING="on")

    assert (result.exit_code, result.stdout) == (2, "")
    assert "This account trades real money, and an order would be placed" in result.stderr
    assert "--read-only" in result.stderr
    assert "connect:" not in result.stderr


def test_a_symbol_that_cannot_be_one_is_a_sentence(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    result = verify(monkeypatch, tmp_path, "Paper", "--symbol", "../orders")

    assert result.exit_code == 2
    assert result.stderr.startswith("Invalid symbol: orders.")


def test_a_credential_that_is_missing_is_a_sentence(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    stored(tmp_path, link(label="Mine"))

    result = verify(monkeypatch, tmp_path, "Mine")

    assert result.exit_code == 2
    assert "The credentials for Alpaca do not fit." in result.stderr
    assert result.stdout == ""


def test_a_pause_holds_for_this_order_too_and_not_for_reading(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    stored(tmp_path, Person(user_id=UserId(OWNER), paused=True))

    order = verify(monkeypatch, tmp_path, "Paper")
    reads = verify(monkeypatch, tmp_path, "Paper", "--read-only")

    assert (order.exit_code, order.stdout) == (2, "")
    assert "Trading is paused" in order.stderr
    assert reads.exit_code == 0


LINKS: Final = (
    link(link_id=LinkId("aa"), label="Alpaca paper"),
    link(link_id=LinkId("bb"), label="Twice"),
    link(link_id=LinkId("cc"), label="twice", environment=Environment.LIVE),
)


@pytest.mark.parametrize(
    ("named", "link_id", "account"),
    [
        ("alpaca PAPER", "aa", ""),
        (" aa ", "aa", ""),
        ("Alpaca paper …1234", "aa", "1234"),
        ("Alpaca paper ...1234", "aa", "1234"),
        ("aa/EX-1", "aa", "EX-1"),
        ("cc", "cc", ""),
    ],
)
def test_an_account_is_named_as_discord_shows_it(named: str, link_id: str, account: str) -> None:
    found, said = account_named(LINKS, named)

    assert (found.link_id, said) == (link_id, account)


def test_a_name_that_a_paper_and_a_live_link_share_is_never_guessed() -> None:
    with pytest.raises(NotLinked, match=r"bb \(alpaca PAPER\), cc \(alpaca LIVE\)"):
        account_named(LINKS, "Twice")


# The report


@pytest.fixture
def venue() -> Venue:
    return Venue(accounts=(BrokerAccount(account_id=AccountId(PERSONAL[1]), number=PERSONAL[0]),))


@pytest_asyncio.fixture
async def house(tmp_path: Path, venue: Venue) -> AsyncIterator[House]:
    documents = await opened(tmp_path / "floor.db")
    house = built(documents, ManualClock(), venue=venue)
    yield house
    await house.stop()
    await documents.close()


async def verification(house: House, **plan: Any) -> Verification:
    own = await house.stored_people.save_link(link())
    assert own is not None
    pace = Pace(patience_seconds=1, sleep=lambda _: asyncio.sleep(0))
    async with house.sessions.apart(own) as adapter:
        return await verified(
            *(adapter, get_broker("alpaca"), own),
            clock=house.clock,
            plan=Plan(**plan),
            listener=Told(),
            pace=pace,
        )


def report(done: Verification, *, own_endpoints: bool = False) -> str:
    return markdown(done, at=NOON, own_endpoints=own_endpoints)


async def test_a_failed_report_says_so_with_the_code_and_nothing_personal(
    house: House, venue: Venue, capsys: pytest.CaptureFixture[str]
) -> None:
    venue.failing["cancel_order"] = OrderRejected(SAID, broker="alpaca")

    done = await verification(house)

    text = report(done)
    assert text.startswith("## floorbroker verify: Alpaca PAPER, FAILED\n")
    assert "| cancel | failed | 0.00 | ORDER_REJECTED |  |" in text
    assert f"Left at the broker: Order {done.order.order_id} may still be open" in text  # type: ignore[union-attr]  # it was sent
    assert [word for word in (*PERSONAL, "Dear holder", "X-") if word in text] == []
    told = capsys.readouterr().err
    assert "Dear holder of ACC-NUMBER-7781, no. [2J" in told
    assert "ATTENTION: Order " in told
    assert f"The broker's own id of it: X-{done.order.order_id}" in told  # type: ignore[union-attr]  # it was sent


async def test_a_report_names_what_was_tried_with_what(house: House) -> None:
    done = await verification(house)

    lines = report(done, own_endpoints=True).splitlines()
    assert lines[0] == "## floorbroker verify: Alpaca PAPER, ok"
    assert "| Broker | Alpaca (`alpaca`), REST |" in lines
    assert "| Environment | PAPER |" in lines
    assert "| Endpoints | set in BROKER_ENDPOINTS |" in lines
    assert "| What was done | reads and one order, with AAPL |" in lines
    assert any(line.startswith("| Order | limit buy of 1 at 49.99 USD, day; our") for line in lines)
    assert any(line.startswith("| SDK | alpaca-py ") for line in lines)
    assert any(line.startswith("Capabilities declared: bars, bracket, ") for line in lines)
    assert lines[-1] == "Left at the broker: nothing."
    assert [word for word in PERSONAL if word in "\n".join(lines)] == []


async def test_a_report_of_reads_says_that_nothing_was_ordered(house: House) -> None:
    done = await verification(house, read_only=True)

    text = report(done)
    assert text.startswith("## floorbroker verify: Alpaca PAPER, ok\n")
    assert "reads only, with AAPL" in text
    assert "| place | skipped |  |  | only reading was asked for |" in text
    assert "| Order |" not in text


def test_a_broker_without_a_package_says_none() -> None:
    assert sdk_version(get_broker("paper")) == "none"


# The command


def test_the_owner_verifies_the_built_in_broker(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    result = verify(monkeypatch, tmp_path, "Paper", "--symbol", "btc/usd")

    assert result.exit_code == 0
    assert result.stdout.startswith("## floorbroker verify: Paper trading PAPER, ok\n")
    assert OWNER not in result.stdout
    told = result.stderr.splitlines()
    sending = [number for number, line in enumerate(told) if line.startswith("Sending order ")]
    assert told.index("quote: ok (0 s old)") < sending[0] < told.index("place: ok (accepted)")


def test_what_the_broker_refuses_ends_with_status_one(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    result = verify(monkeypatch, tmp_path, "Paper", "--symbol", "NOSUCH")

    assert result.exit_code == 1
    assert "| instrument | failed |" in result.stdout
    assert "SYMBOL_NOT_FOUND" in result.stdout


def test_an_operator_verifies_their_own_account_in_the_cloud(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, mongo_uri: str
) -> None:
    result = verify(
        *(monkeypatch, tmp_path, "Paper", "--user", OWNER),
        DEPLOYMENT_MODE="multi-user",
        OWNER_ID="",
        OPERATOR_IDS=f"{OWNER},{STRANGER}",
        MONGODB_URI=mongo_uri,
        MONGODB_DATABASE=f"verify-{tmp_path.name}"[:38],
        CREDENTIAL_MASTER_KEYS=new_key("test"),
    )

    assert result.exit_code == 0
    assert OWNER not in result.stdout
