"""`floorbroker init --yes`, and where the environment has a say."""

from pathlib import Path

import discord
import pytest

from floorbroker.cli.settings import read_settings
from tests.cli.at_home import CANARY, OWNER
from tests.cli.discord_stand_in import TOKEN
from tests.cli.set_up import NOWHERE, names_in, read, run
from tests.environment import only_these_settings


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch, folder: Path) -> Path:
    """The current folder, on a machine that reaches no Discord."""
    monkeypatch.setattr(discord.http.Route, "BASE", NOWHERE)
    return folder


def test_nobody_is_asked_where_environment_and_options_have_the_answers(
    monkeypatch: pytest.MonkeyPatch, alone: Path
) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", TOKEN)

    run("--yes", f"--owner-id={OWNER}")

    only_these_settings(monkeypatch, alone)
    settings = read_settings()
    assert settings.discord_token is not None
    assert settings.discord_token.get_secret_value() == TOKEN
    assert (settings.owner_id, settings.single_user) == (OWNER, True)


def test_the_environment_may_name_the_owner_too(
    monkeypatch: pytest.MonkeyPatch, alone: Path
) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", TOKEN)
    monkeypatch.setenv("OWNER_ID", OWNER)

    run("--yes")

    assert read(alone / ".env")["OWNER_ID"] == OWNER


@pytest.mark.parametrize(
    ("settings", "options", "sentence"),
    [
        ({"OWNER_ID": OWNER}, [], "DISCORD_TOKEN: Not set."),
        ({"DISCORD_TOKEN": TOKEN}, [], "OWNER_ID: Not set."),
        ({"DISCORD_TOKEN": TOKEN}, ["--owner-id=me"], "17 to 20 digits"),
        ({"DISCORD_TOKEN": TOKEN, "OWNER_ID": OWNER}, ["--ib-port=70000"], "IB_PORT: a port is"),
    ],
)
def test_what_is_not_known_then_is_a_sentence_and_nothing_is_written(
    monkeypatch: pytest.MonkeyPatch,
    alone: Path,
    settings: dict[str, str],
    options: list[str],
    sentence: str,
) -> None:
    for name, value in settings.items():
        monkeypatch.setenv(name, value)

    result = run("--yes", *options)

    assert result.exit_code == 2
    assert sentence in result.stderr
    assert names_in(alone) == []


def test_a_port_that_was_named_is_written(monkeypatch: pytest.MonkeyPatch, alone: Path) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", TOKEN)

    run("--yes", f"--owner-id={OWNER}", "--ib-port=4002")

    assert read(alone / ".env")["IB_PORT"] == "4002"


def test_an_environment_that_says_multi_user_is_refused(
    monkeypatch: pytest.MonkeyPatch, alone: Path
) -> None:
    monkeypatch.setenv("DEPLOYMENT_MODE", "multi-user")

    result = run(typed=f"{TOKEN}\n{OWNER}\n")

    assert (result.exit_code, names_in(alone)) == (2, [])
    assert "unset it there first" in result.stderr


def test_what_the_environment_overrules_is_told(
    monkeypatch: pytest.MonkeyPatch, alone: Path
) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", CANARY)

    result = run(typed=f"{TOKEN}\n{OWNER}\n")

    assert "DISCORD_TOKEN is set in the environment too, and goes before .env." in result.stdout
    assert all(secret not in result.output for secret in (CANARY, TOKEN))


def test_a_file_that_says_multi_user_becomes_one_for_home(alone: Path) -> None:
    (alone / ".env").write_text("DEPLOYMENT_MODE=multi-user\n")

    result = run(typed=f"yes\n{TOKEN}\n{OWNER}\n")

    assert "it becomes one of single-user mode" in result.stdout
    assert read(alone / ".env")["DEPLOYMENT_MODE"] == "single-user"
