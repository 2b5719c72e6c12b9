"""`floorbroker init`: what it asks, what it writes, and what it leaves alone."""

from pathlib import Path
from typing import Final

import discord
import pytest

from floorbroker.cli.env_file import BACKUP
from floorbroker.cli.giving_up import GivenUp
from floorbroker.cli.init import Asked, init
from tests.cli.at_home import CANARY, OWNER
from tests.cli.discord_stand_in import TOKEN, DiscordStandIn
from tests.cli.set_up import NOWHERE, apart, names_in, read, run
from tests.cli.typing_keys import Typed
from tests.observability.captured import captured_stderr

BEFORE: Final = "# mine\nPRICE_COLLAR_PERCENT=2\nOWNER_ID=7\nHOST=0.0.0.0\nPORT=0\n"


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch, folder: Path) -> Path:
    """The current folder, on a machine that reaches no Discord."""
    monkeypatch.setattr(discord.http.Route, "BASE", NOWHERE)
    return folder


# A first start


async def test_two_answers_make_an_installation_that_the_doctor_finds_complete(
    monkeypatch: pytest.MonkeyPatch, folder: Path, stand_in: DiscordStandIn
) -> None:
    monkeypatch.setenv("PORT", "0")

    result = await apart(typed=f"{TOKEN}\n{OWNER}\n")

    assert result.exit_code == 0, result.output
    assert (
        read(folder / ".env").items()
        >= {
            "DEPLOYMENT_MODE": "single-user",
            "DISCORD_TOKEN": TOKEN,
            "OWNER_ID": OWNER,
            "HOST": "127.0.0.1",
            "LOG_FORMAT": "text",
        }.items()
    )
    assert "Logged in as floor" in result.stdout
    assert "ok    settings" in result.stdout
    assert "Start the bot:       floorbroker run" in result.stdout
    assert TOKEN not in result.output


def test_what_is_made_can_be_read_by_its_owner_alone_and_is_said_to_be(alone: Path) -> None:
    result = run(typed=f"{TOKEN}\n{OWNER}\n")

    modes = {
        name: (alone / name).stat().st_mode & 0o777 for name in (".env", "data", "data/master.key")
    }
    assert modes == {".env": 0o600, "data": 0o700, "data/master.key": 0o600}
    assert ".env is written, readable by you alone." in result.stdout
    assert "The master key is in data/master.key, readable by you alone." in result.stdout


def test_a_discord_that_is_not_reached_is_a_note_and_a_finding_of_the_doctor(alone: Path) -> None:
    result = run(typed=f"{CANARY}\n{OWNER}\n")

    assert read(alone / ".env")["DISCORD_TOKEN"] == CANARY
    assert "Not tried: Discord does not answer" in result.stdout
    assert "fail  Discord" in result.stdout
    assert "First do what stands behind → below each `fail`" in result.stdout
    assert result.exit_code == 1
    assert CANARY not in result.output


async def test_a_token_that_discord_refuses_writes_nothing(
    folder: Path, stand_in: DiscordStandIn
) -> None:
    result = await apart(typed=f"{CANARY}\n{OWNER}\n")

    assert (result.exit_code, result.stderr) == (1, "Nothing was written.\n")
    assert "Discord does not accept DISCORD_TOKEN." in result.stdout
    assert names_in(folder) == []
    assert CANARY not in result.output


async def test_a_person_may_correct_what_was_typed_wrong(
    folder: Path, stand_in: DiscordStandIn, capsys: pytest.CaptureFixture[str]
) -> None:
    typed = Typed("two words", "wrong", TOKEN, "12", f"{OWNER}")

    with captured_stderr():
        await init(Asked(), typed)

    shown = capsys.readouterr()
    assert read(folder / ".env").items() >= {"DISCORD_TOKEN": TOKEN, "OWNER_ID": OWNER}.items()
    assert (typed.hidden, typed.seen) == (["Token"] * 3, ["Owner id"] * 2)
    assert "A Discord user id has 17 to 20 digits." in shown.out
    assert TOKEN not in shown.out + shown.err


async def test_three_owners_that_are_none_end_it(alone: Path) -> None:
    with captured_stderr(), pytest.raises(GivenUp, match=r"Nothing was written\."):
        await init(Asked(), Typed(TOKEN, "me", "１００００００００００００００００１", ""))

    assert names_in(alone) == []


def test_a_line_too_many_is_noticed_before_anything_is_written(alone: Path) -> None:
    result = run(typed=f"{TOKEN}\n{OWNER}\n{CANARY}\n")

    assert (result.exit_code, names_in(alone)) == (2, [])
    assert CANARY not in result.output


def test_no_option_can_hold_the_token(alone: Path) -> None:
    result = run(f"--token={CANARY}")

    assert result.exit_code == 2
    assert "No such option" in result.stderr


# Where a file is there already


def test_a_file_that_is_there_changes_only_with_a_yes(alone: Path) -> None:
    (alone / ".env").write_text(BEFORE)

    results = [run(typed=f"{answer}\n{TOKEN}\n{OWNER}\n") for answer in ("no", "", "y")]

    assert [one.exit_code for one in results] == [1, 1, 1]
    assert all(one.stderr == "Nothing was changed.\n" for one in results)
    assert {one.name: one.read_text() for one in alone.iterdir()} == {".env": BEFORE}


def test_its_other_lines_stay_and_the_whole_of_it_is_kept(alone: Path) -> None:
    (alone / ".env").write_text(BEFORE)

    run(typed=f"yes\n{TOKEN}\n{OWNER}\n")

    assert (alone / BACKUP).read_text() == BEFORE
    assert (alone / BACKUP).stat().st_mode & 0o777 == 0o600
    after = (alone / ".env").read_text()
    assert after.startswith(BEFORE.replace("OWNER_ID=7", f"OWNER_ID={OWNER}"))
    assert (
        read(alone / ".env").items()
        >= {
            "HOST": "0.0.0.0",
            "PRICE_COLLAR_PERCENT": "2",
            "DEPLOYMENT_MODE": "single-user",
            "DISCORD_TOKEN": TOKEN,
        }.items()
    )


def test_a_second_change_keeps_the_first_file_too(alone: Path) -> None:
    (alone / ".env").write_text(BEFORE)
    run(typed=f"yes\n{TOKEN}\n{OWNER}\n")
    between = (alone / ".env").read_text()

    told = run("--owner-id", "100000000000000002", typed="yes\n\n")
    run("--owner-id", OWNER, typed="yes\n\n")

    assert "The one that was there is .env.bak.2." in told.stdout
    assert (alone / ".env.bak").read_text() == BEFORE
    assert (alone / ".env.bak.2").read_text() == between
    assert "OWNER_ID=100000000000000002" in (alone / ".env.bak.3").read_text()


def test_empty_answers_keep_what_is_there_and_nothing_is_written_twice(alone: Path) -> None:
    run(typed=f"{TOKEN}\n{OWNER}\n")
    before = (alone / ".env").read_bytes()

    result = run(typed="yes\n\n\n")

    assert ".env says all of that already." in result.stdout
    assert (alone / ".env").read_bytes() == before
    assert not (alone / BACKUP).exists()


def test_a_key_that_is_there_stays(alone: Path) -> None:
    run(typed=f"{TOKEN}\n{OWNER}\n")
    key = (alone / "data" / "master.key").read_bytes()

    run("--yes")

    assert (alone / "data" / "master.key").read_bytes() == key


def test_a_key_that_others_can_read_is_a_sentence(alone: Path) -> None:
    (alone / "data").mkdir()
    (alone / "data" / "master.key").touch(mode=0o644)

    result = run(typed=f"{TOKEN}\n{OWNER}\n")

    assert result.exit_code == 2
    assert "master.key can be read by others" in result.stderr


@pytest.mark.parametrize(
    ("content", "sentence"),
    [(b"\xff\xfe", ".env is not a text file"), (b"PORT=x", "PORT should be"), (None, "cannot be")],
    ids=["no text", "a setting that cannot be used", "a folder"],
)
def test_a_file_that_cannot_be_read_is_a_sentence_and_stays(
    alone: Path, content: bytes | None, sentence: str
) -> None:
    path = alone / ".env"
    path.mkdir() if content is None else path.write_bytes(content)

    result = run(typed=f"yes\n{TOKEN}\n{OWNER}\n")

    assert result.exit_code == 2
    assert sentence in result.stderr
    assert names_in(alone) == [".env"]
    assert content is None or path.read_bytes() == content
