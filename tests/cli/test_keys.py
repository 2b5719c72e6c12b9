"""`floorbroker keys status`, and what neither it nor `floorbroker keys rotate` can use."""

import json
from datetime import timedelta
from typing import Any

import pytest
from typer.testing import Result

from floorbroker.cli.giving_up import GivenUp
from floorbroker.cli.keys_status import CARDS, WAIT_MINUTES, KeyReport
from floorbroker.cli.opened_keys import opened_keys
from floorbroker.services.master_keys import KeyTrouble, KeyUse
from floorbroker.services.notify import TOKEN_LIFE
from floorbroker.vault.keyring import new_key
from tests.cli.at_home import HOME, at_home
from tests.cli.key_home import Home
from tests.environment import only_these_settings
from tests.rotating import BOTH, CANARY, NEW, OLD


def keys_in(result: Result) -> dict[str, dict[str, object]]:
    return {one["key_id"]: one for one in json.loads(result.stdout)["keys"]}


def test_status_tells_of_every_key_what_it_seals_and_which_is_the_newest(home: Home) -> None:
    home.linked(OLD, "a", "b")
    home.named_in_the_audit_trail(OLD)
    home.linked(BOTH, "c")

    text, report = home.run("status"), home.run("status", "--json")

    assert (text.exit_code, report.exit_code) == (0, 0)
    assert "ok    new    The newest, which seals what is new. Seals 1 link." in text.stdout
    assert "info  old    Seals 2 links and the audit trail's key." in text.stdout
    assert "→ Leave it in until `floorbroker keys rotate`" in text.stdout
    assert CARDS.what in text.stdout
    assert json.loads(report.stdout)["ok"] is True
    assert keys_in(report) == {
        "new": {
            "key_id": "new", "present": True, "newest": True, "links": 1, "audit": False,
            "needed": True,
        },
        "old": {
            "key_id": "old", "present": True, "newest": False, "links": 2, "audit": True,
            "needed": True,
        },
    }  # fmt: skip


def test_status_of_a_missing_key_that_is_needed_ends_with_1_and_says_what_to_do(
    home: Home,
) -> None:
    home.linked(OLD, "a")
    home.set_keys(NEW)

    text, report = home.run("status"), home.run("status", "--json")

    assert (text.exit_code, report.exit_code) == (1, 1)
    assert "fail  old    Missing. Seals 1 link." in text.stdout
    assert "→ Put it back into CREDENTIAL_MASTER_KEYS, behind the others." in text.stdout
    assert json.loads(report.stdout)["ok"] is False
    assert keys_in(report)["old"]["present"] is False


def test_status_of_another_key_under_the_same_id_ends_with_1(home: Home) -> None:
    home.named_in_the_audit_trail(OLD)
    home.set_keys(new_key("old"))

    result = home.run("status")

    assert result.exit_code == 1
    assert "fail  audit trail  The audit trail's own key does not open" in result.stdout


def test_status_of_an_unused_key_says_that_it_may_go_and_when(home: Home) -> None:
    home.linked(BOTH, "a")

    result = home.run("status")

    assert result.exit_code == 0
    assert "Seals nothing any more." in result.stdout
    assert f"restart, {WAIT_MINUTES} minutes from now" in result.stdout


@pytest.mark.parametrize(
    ("old", "trouble", "settled"),
    [
        ({}, None, True),
        ({"links": 1}, None, False),
        ({"audit": True}, None, False),
        ({}, KeyTrouble(what="The audit trail's own key does not open.", todo=""), False),
    ],
    ids=["all done", "a link left", "the audit key left", "an audit key that does not open"],
)
def test_a_rotation_is_done_once_everything_opens_with_the_newest_key_alone(
    old: dict[str, Any], trouble: KeyTrouble | None, settled: bool
) -> None:
    new_use = KeyUse(key_id="new", present=True, newest=True, links=3, audit=True)
    usual = {"key_id": "old", "present": True, "newest": False, "links": 0, "audit": False}

    report = KeyReport(uses=[new_use, KeyUse(**{**usual, **old})], trouble=trouble, place="")

    assert report.settled is settled


def test_the_wait_outlasts_the_addresses_of_cards() -> None:
    assert timedelta(minutes=WAIT_MINUTES) > TOKEN_LIFE
    assert f"last {TOKEN_LIFE // timedelta(minutes=1)} minutes" in CARDS.what


@pytest.mark.parametrize("word", ["status", "rotate"])
def test_at_home_no_key_is_made_only_to_look_after_it(home: Home, word: str) -> None:
    home.set_keys(None)

    result = home.run(word)

    assert (result.exit_code, result.stdout) == (2, "")
    assert "the first start makes it" in result.stderr
    assert not (home.folder / "data").exists()


@pytest.mark.parametrize("word", ["status", "rotate"])
@pytest.mark.parametrize(
    ("settings", "code", "told"),
    [
        ({"CREDENTIAL_MASTER_KEYS": f"k:{CANARY}"}, 2, "CREDENTIAL_MASTER_KEYS: The key k is not"),
        ({"DEPLOYMENT_MODE": "multi-user"}, 2, "Set CREDENTIAL_MASTER_KEYS"),
        (
            {"DEPLOYMENT_MODE": "multi-user", "CREDENTIAL_MASTER_KEYS": OLD},
            2,
            "Set MONGODB_URI: multi-user mode keeps its data in MongoDB.",
        ),
        ({"CREDENTIAL_MASTER_KEYS": OLD, "DATA_DIR": "a file"}, 1, "cannot be used"),
        ({"PORT": CANARY}, 2, "PORT should be"),
    ],
    ids=["a bad key", "no key", "no store", "no folder", "a bad setting"],
)
def test_what_cannot_be_used_is_a_sentence(
    home: Home, monkeypatch: pytest.MonkeyPatch, word: str, settings: dict[str, str], code: int,
    told: str,
) -> None:  # fmt: skip
    (home.folder / "a file").touch()
    only_these_settings(monkeypatch, home.folder, **{**HOME, **settings})

    result = home.run(word)

    assert (result.exit_code, result.stdout) == (code, "")
    assert told in result.stderr
    assert CANARY not in result.stderr


def test_a_database_that_is_none_is_a_sentence(home: Home) -> None:
    (home.folder / "data").mkdir()
    (home.folder / "data" / "floorbroker.sqlite3").write_bytes(b"not a database" * 100)

    result = home.run("rotate")

    assert (result.exit_code, result.stdout) == (1, "")
    assert "cannot be used" in result.stderr


def test_a_mongodb_out_of_reach_is_a_sentence_without_its_password(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    uri = f"mongodb://u:{CANARY}@127.0.0.1:1"
    only_these_settings(monkeypatch, home.folder, MONGODB_URI=uri, CREDENTIAL_MASTER_KEYS=OLD)

    result = home.run("rotate")

    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("MongoDB does not answer")
    assert CANARY not in result.stderr


async def test_a_store_that_goes_away_in_the_middle_is_a_sentence(home: Home) -> None:
    with pytest.raises(GivenUp, match="cannot be used"):
        async with opened_keys(at_home(credential_master_keys=BOTH)) as opened:
            (home.folder / "data" / "floorbroker.sqlite3").unlink()
            await opened.rotation.run()


def test_nothing_that_is_printed_holds_a_key_or_a_credential(home: Home) -> None:
    home.linked(OLD, "a")
    home.served(BOTH)

    results = [home.run("status"), home.run("status", "--json"), home.run("rotate")]

    for result in results:
        for secret in (OLD[4:], NEW[4:], CANARY):
            assert secret not in result.output + result.stderr
