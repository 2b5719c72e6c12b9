"""`floorbroker link`: what is not linked in a terminal says so, and no option holds a key."""

from pathlib import Path

import pytest
from pydantic import BaseModel, Field, SecretStr
from typer.testing import CliRunner, Result

from floorbroker.brokers.credential_fields import credential_fields
from floorbroker.brokers.registry import all_brokers
from floorbroker.brokers.spec import AuthFlow
from floorbroker.cli.app import app
from floorbroker.cli.giving_up import MISCONFIGURED, GivenUp
from floorbroker.cli.link import Asked, linkable
from floorbroker.cli.link_shown import introduce
from floorbroker.domain.ids import BrokerId
from floorbroker.domain.modes import Environment
from floorbroker.services.link_requests import Wanted
from tests.cli.at_home import CANARY, HOME, at_home
from tests.environment import only_these_settings
from tests.floor import ANNA


def link(monkeypatch: pytest.MonkeyPatch, folder: Path, *arguments: str, **changes: str) -> Result:
    only_these_settings(monkeypatch, folder, **{**HOME, **changes})
    return CliRunner().invoke(app, ["link", *arguments])


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


def test_what_a_gateway_needs_is_told_before_anything_is_tried(
    capsys: pytest.CaptureFixture[str],
) -> None:
    introduce(Wanted(user_id=ANNA, broker=BrokerId("ibkr"), environment=Environment.PAPER))

    told = capsys.readouterr().out
    assert "Warning: IBKR requires local Gateway installation." in told
    assert "Warning: TWS or IB Gateway must be running on localhost:7497" in told
    assert "  - Manual login with 2FA authentication" in told


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
