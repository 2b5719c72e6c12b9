"""What the settings accept, what they refuse, and that they keep their secrets."""

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Final

import pytest
from pydantic import ValidationError

from floorbroker.config import Settings, SettingsProblem, Switch, missing_settings
from floorbroker.domain.modes import DeploymentMode
from floorbroker.storage.opening import open_documents
from floorbroker.vault.keyring import new_key
from floorbroker.vault.opening import open_keyring
from tests.environment import NAMES, only_these_settings

CANARY: Final = "canary-5b1f0c9d7e"
SECRETS: Final = (
    "DISCORD_TOKEN",
    "DISCORD_CLIENT_SECRET",
    "MONGODB_URI",
    "CREDENTIAL_MASTER_KEYS",
    "METRICS_TOKEN",
    "SCHWAB_APP_SECRET",
    "ETRADE_CONSUMER_SECRET",
    "ALPACA_CLIENT_SECRET",
    "WEBULL_CLIENT_SECRET",
    "WEBULL_APP_SECRET",
)

Read = Callable[..., Settings]


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Read:
    """Reads the settings from an environment that holds only the given ones."""

    def read(**settings: str) -> Settings:
        only_these_settings(monkeypatch, tmp_path, **settings)
        return Settings()

    return read


def refused(read: Read, **settings: str) -> str:
    """What the refusal says."""
    with pytest.raises(ValidationError) as refusal:
        read(**settings)
    return str(refusal.value)


def test_many_people_are_served_unless_something_else_is_set(read: Read) -> None:
    assert read().deployment_mode is DeploymentMode.MULTI_USER
    assert not read().single_user
    assert read(DEPLOYMENT_MODE="single-user").single_user


@pytest.mark.parametrize("mode", ["single_user", "SINGLE-USER", "cloud", "multi", "1"])
def test_an_unknown_deployment_mode_is_refused(read: Read, mode: str) -> None:
    assert "deployment_mode" in refused(read, DEPLOYMENT_MODE=mode)


def test_live_trading_is_off_until_it_is_switched_on(read: Read) -> None:
    assert read().live_trading is Switch.OFF
    assert read(LIVE_TRADING="").live_trading is Switch.OFF
    assert read(LIVE_TRADING="on").live_trading is Switch.ON


@pytest.mark.parametrize("text", ["true", "1", "yes", "ON", "live"])
def test_nothing_but_the_word_on_switches_live_trading_on(read: Read, text: str) -> None:
    assert "live_trading" in refused(read, LIVE_TRADING=text)


@pytest.mark.parametrize("name", ["DISCORD_TOKEN", "MONGODB_URI", "CREDENTIAL_MASTER_KEYS"])
def test_each_setting_that_the_cloud_requires_is_missed_by_name(read: Read, name: str) -> None:
    complete = {
        "DISCORD_TOKEN": "t",
        "MONGODB_URI": "mongodb://host",
        "CREDENTIAL_MASTER_KEYS": new_key("a"),
    }
    assert missing_settings(read(**complete)) == ()

    without = read(**{key: value for key, value in complete.items() if key != name})

    assert missing_settings(without) == (name,)


def test_at_home_the_owner_must_be_named(read: Read) -> None:
    at_home = {"DEPLOYMENT_MODE": "single-user", "DISCORD_TOKEN": "t"}

    assert missing_settings(read(**at_home)) == ("OWNER_ID",)
    assert missing_settings(read(**at_home, OWNER_ID="100000000000000001")) == ()


def test_the_cloud_opens_no_store_but_mongodb(read: Read, tmp_path: Path) -> None:
    settings = read(DATA_DIR=str(tmp_path / "data"))

    with pytest.raises(SettingsProblem, match="MONGODB_URI"):
        open_documents(settings)

    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize(
    ("keys", "why"),
    [
        pytest.param("k1:c2hvcnQ=", "has 5 bytes", id="too short"),
        pytest.param(f"k1:{'A' * 88}", "has 66 bytes", id="too long"),
        pytest.param("k1:not/base64!", "not base64", id="not base64"),
        pytest.param(new_key("k1").removeprefix("k1:"), "id:base64", id="no id"),
        pytest.param(new_key("K 1"), "id:base64", id="an id of other letters"),
        pytest.param(f"{new_key('k1')},{new_key('k1')}", "stands twice", id="one id twice"),
        pytest.param(",", "no master key", id="none at all"),
    ],
)
def test_master_keys_that_cannot_be_used_are_refused_and_not_shown(
    read: Read, keys: str, why: str
) -> None:
    settings = read(CREDENTIAL_MASTER_KEYS=keys)

    with pytest.raises(SettingsProblem, match=why) as refusal:
        open_keyring(settings)

    secret = max(keys.replace(",", ":").split(":"), key=len)
    assert not secret or secret not in str(refusal.value)


def test_master_keys_are_read_newest_first(read: Read) -> None:
    keys = f"{new_key('b')} , {new_key('a')}"

    keyring = open_keyring(read(CREDENTIAL_MASTER_KEYS=keys))

    assert (keyring.newest, set(keyring.keys)) == ("b", {"a", "b"})


def test_no_secret_is_in_what_settings_print_of_themselves(read: Read) -> None:
    settings = read(**dict.fromkeys(SECRETS, CANARY))

    shown = (
        repr(settings) + str(settings) + repr(settings.model_dump()) + settings.model_dump_json()
    )

    assert CANARY not in shown
    assert settings.discord_token is not None
    assert settings.discord_token.get_secret_value() == CANARY


def test_every_setting_whose_name_speaks_of_a_secret_is_kept_as_one() -> None:
    telling = ("TOKEN", "SECRET", "MASTER_KEYS", "URI")

    named = {name.upper() for name in Settings.model_fields if name.upper().endswith(telling)}

    assert named == set(SECRETS)


def test_no_value_is_in_what_a_refusal_says(read: Read) -> None:
    wrong = {"PORT", "MAX_ORDER_VALUE", "DEPLOYMENT_MODE", "LOG_LEVEL", "LIVE_TRADING"}

    said = refused(read, **dict.fromkeys(wrong | set(SECRETS), CANARY))

    assert CANARY not in said
    assert all(name.lower() in said for name in wrong)


def test_lists_are_written_with_commas(read: Read) -> None:
    settings = read(ALLOWED_SYMBOLS=" aapl, MSFT ,,brk.b", OPERATOR_IDS="1,2")

    assert settings.allowed_symbols == {"AAPL", "MSFT", "BRK.B"}
    assert settings.operator_ids == {"1", "2"}
    assert settings.limits.allowed_symbols == settings.allowed_symbols


@pytest.mark.parametrize("blank", ["", " ", "\t\n"])
def test_an_empty_setting_is_one_that_is_not_set(read: Read, blank: str) -> None:
    assert read(**dict.fromkeys(NAMES, blank)) == read()


def test_blanks_around_a_value_are_not_part_of_it(read: Read) -> None:
    settings = read(DISCORD_TOKEN=f" {CANARY}\n", PUBLIC_URL="https://bot.example \n")

    assert settings.discord_token is not None
    assert settings.discord_token.get_secret_value() == CANARY
    assert settings.public_url == "https://bot.example"


def test_the_environment_goes_before_the_file(read: Read, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("MAX_ORDERS_PER_DAY=7\nPORT=9000\nSOMETHING_ELSE=1\n")

    settings = read(PORT="9001")

    assert (settings.max_orders_per_day, settings.port) == (7, 9001)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("MAX_ORDER_VALUE", "0"),
        ("MAX_ORDER_VALUE", "NaN"),
        ("MAX_POSITION_VALUE", "-1"),
        ("MAX_ORDERS_PER_DAY", "0"),
        ("PRICE_COLLAR_PERCENT", "100"),
        ("ORDER_DEADLINE_SECONDS", "0"),
        ("ORDER_DEADLINE_SECONDS", "inf"),
        ("REVIEW_SECONDS", "9"),
        ("PORT", "65536"),
        ("LOG_LEVEL", "LOUD"),
        ("LOG_FORMAT", "xml"),
        ("MONGODB_DATABASE", "a b"),
    ],
)
def test_a_value_without_sense_is_refused_by_name(read: Read, name: str, value: str) -> None:
    assert name.lower() in refused(read, **{name: value})


def test_money_is_never_a_float(read: Read) -> None:
    limits = read(MAX_ORDER_VALUE="0.1", MAX_POSITION_VALUE="0.2").limits

    assert limits.max_order_value + limits.max_position_value == Decimal("0.3")


def test_settings_cannot_be_changed(read: Read) -> None:
    settings = read()

    with pytest.raises(ValidationError, match="frozen"):
        settings.live_trading = Switch.ON  # type: ignore[misc]  # that is the point


def test_a_claim_that_a_request_could_outlast_refuses_to_start(read: Read) -> None:
    assert "CLAIM_SECONDS" in refused(read, CLAIM_SECONDS="10", ORDER_DEADLINE_SECONDS="5")
    assert read(CLAIM_SECONDS="11", ORDER_DEADLINE_SECONDS="5").claim_seconds == 11


def test_requests_of_discord_need_the_key_that_proves_them(read: Read) -> None:
    assert "DISCORD_PUBLIC_KEY" in refused(read, DISCORD_TRANSPORT="http")
    assert read(DISCORD_TRANSPORT="http", DISCORD_PUBLIC_KEY="ab" * 32).discord_transport == "http"
