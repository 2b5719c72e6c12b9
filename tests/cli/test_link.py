"""`floorbroker link`: refused in a sentence, stored only after success, and no secret anywhere."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Final

import pytest
import pytest_asyncio
from pydantic import BaseModel, Field, SecretStr
from typer.testing import CliRunner, Result

from floorbroker.brokers.credential_fields import credential_fields
from floorbroker.brokers.registry import all_brokers
from floorbroker.brokers.spec import AuthFlow
from floorbroker.cli.app import app
from floorbroker.cli.giving_up import FAILED, MISCONFIGURED, GivenUp
from floorbroker.cli.link import Asked, connect, linkable
from floorbroker.domain.errors import (
    AuthenticationFailed,
    BrokerConnectionError,
    StoreUnavailable,
)
from floorbroker.domain.ids import AccountId
from floorbroker.domain.modes import Environment
from floorbroker.domain.people import Link
from floorbroker.domain.portfolio import BrokerAccount
from floorbroker.domain.terms import TERMS, TERMS_VERSION
from floorbroker.storage.documents import Documents
from tests.cli.at_home import CANARY, HOME, at_home
from tests.environment import only_these_settings
from tests.fakes.clock import ManualClock
from tests.fakes.exchange.venue import Venue
from tests.fakes.flaky_documents import FlakyDocuments
from tests.floor import ANNA, KEYED, House, built, opened, settings
from tests.observability.captured import captured_stderr

KEY: Final = "AK-TYPED-BY-ANNA"
KEYS: Final = (KEY, CANARY)
FIRST: Final = BrokerAccount(account_id=AccountId("X-1"), number="ACC0001234", name="Cash")
SECOND: Final = BrokerAccount(account_id=AccountId("X-2"), number="ACC0005678")


class Typed:
    """A person whose answers are known before."""

    tries = 3

    def __init__(self, *answers: str) -> None:
        self.answers = list(answers)
        self.seen: list[str] = []
        self.hidden: list[str] = []

    def plain(self, question: str) -> str:
        self.seen.append(question)
        return self.answers.pop(0)

    def secret(self, question: str) -> str:
        self.hidden.append(question)
        return self.answers.pop(0)

    def complete(self) -> None:
        """A person answers what is asked."""


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


def link(monkeypatch: pytest.MonkeyPatch, folder: Path, *arguments: str, **changes: str) -> Result:
    only_these_settings(monkeypatch, folder, **{**HOME, **changes})
    return CliRunner().invoke(app, ["link", *arguments])


async def connected(house: House, *answers: str, **asked: Any) -> Link:
    done = await connect(house, ANNA, Asked(broker="alpaca", **asked), Typed(*(answers or KEYS)))
    return done.link


def everything_in(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.iterdir())


async def links(house: House) -> list[Link]:
    return list(await house.stored_people.links(ANNA))


# What the terminal cannot link


def test_in_the_cloud_people_are_sent_to_discord(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    result = link(monkeypatch, tmp_path, "alpaca", DEPLOYMENT_MODE="multi-user")

    assert (result.exit_code, result.stdout) == (2, "")
    assert "/setup broker in Discord" in result.stderr
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize(
    ("broker", "sentence"),
    [
        ("robinhood", "There is no such broker. There are: paper, alpaca, schwab,"),
        ("../alpaca", "There is no such broker."),
        ("tdameritrade", "Link that one: floorbroker link schwab"),
        ("schwab", "Charles Schwab gives access on a page of its own"),
        ("etrade", "/setup broker in Discord leads there."),
    ],
)
def test_what_has_no_key_to_type_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, broker: str, sentence: str
) -> None:
    result = link(monkeypatch, tmp_path, broker)

    assert (result.exit_code, result.stdout) == (2, "")
    assert sentence in result.stderr
    assert result.stderr.count("\n") == 1


def test_every_broker_without_an_adapter_or_its_package_is_a_sentence() -> None:
    missing = [
        spec
        for spec in all_brokers()
        if spec.adapter is None and spec.auth_flow in {AuthFlow.API_KEY, AuthFlow.LOCAL_GATEWAY}
    ]

    for spec in missing:
        with pytest.raises(GivenUp, match=f"{spec.name}: Not built into this version") as reason:
            linkable(at_home(), Asked(broker=spec.id))
        assert reason.value.exit_code == MISCONFIGURED


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        (Asked(broker="paper", live=True), "never trades real money"),
        (Asked(broker="paper", label="Mine"), "is built in"),
        (Asked(broker="paper", relink="Mine"), "is built in"),
    ],
)
def test_the_built_in_broker_takes_no_options(asked: Asked, sentence: str) -> None:
    with pytest.raises(GivenUp, match=sentence):
        linkable(at_home(live_trading="on"), asked)


def test_without_live_trading_a_live_account_is_refused_before_a_key_is_typed() -> None:
    with pytest.raises(GivenUp, match="Set LIVE_TRADING=on") as reason:
        linkable(at_home(), Asked(broker="alpaca", live=True))

    assert reason.value.exit_code == MISCONFIGURED


def test_without_an_owner_nothing_is_linked(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    result = link(monkeypatch, tmp_path, "paper", OWNER_ID="")

    assert result.exit_code == 2
    assert result.stderr.startswith("OWNER_ID: Not set.")


def test_a_store_that_cannot_be_used_is_a_sentence(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "floorbroker.sqlite3").write_bytes(b"not a database" * 100)

    result = link(monkeypatch, tmp_path, "paper")

    assert result.exit_code == 1
    assert "cannot be used" in result.stderr


def test_paper_trading_is_open_without_a_question(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    first = link(monkeypatch, tmp_path, "paper")
    again = link(monkeypatch, tmp_path, "paper")

    assert (first.exit_code, again.exit_code) == (0, 0)
    assert first.stdout == again.stdout == "Paper is open. It is built in and needs no access.\n"


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

    with pytest.raises(StoreUnavailable):
        await connect(house, ANNA, Asked(broker="alpaca"), Broken(*KEYS))

    store.recover()
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


def test_no_option_of_the_command_can_hold_a_secret() -> None:
    result = CliRunner().invoke(app, ["link", "alpaca", f"--api-secret={CANARY}"])

    assert result.exit_code == 2
    assert "No such option" in result.stderr


class Peculiar(BaseModel):
    """Every form in which a field can be declared."""

    api_key: SecretStr = Field(title="API key", description="On the page.")
    passphrase: SecretStr | None = None
    account_name: str
    digits: int = 6


def test_a_prompt_is_made_of_what_the_model_says() -> None:
    fields = {field.name: field for field in credential_fields(Peculiar)}

    assert [field.secret for field in fields.values()] == [True, True, False, False]
    assert [field.required for field in fields.values()] == [True, False, True, False]
    assert (fields["api_key"].title, fields["api_key"].description) == ("API key", "On the page.")
    assert fields["account_name"].title == "Account name"
