"""Choosing a broker: D1-59 to D1-84 of the requirements."""

import pytest

from floorbroker.bot.replies.setup_cards import (
    accounts_card,
    broker_card,
    brokers_card,
    default_card,
    status_card,
)
from floorbroker.brokers.registry import (
    all_brokers,
    brokers_in,
    get_broker,
    single_user_only_brokers,
)
from floorbroker.domain.errors import BrokerConnectionError
from floorbroker.domain.instruments import AssetClass
from floorbroker.domain.modes import DeploymentMode
from floorbroker.domain.people import ANY, Person
from floorbroker.services.reachable import UnreachableLink
from tests.bot.drawn import account, brokers, drawn
from tests.domain.building import ANNA

AMBER = 0xE0A100
GATEWAYS = single_user_only_brokers()


@pytest.mark.parametrize("mode", DeploymentMode)
def test_the_menu_holds_exactly_what_the_mode_allows(mode: DeploymentMode) -> None:
    message = drawn(brokers_card(brokers(mode), mode))

    offered = [(one["label"], one["value"]) for one in message.options]
    assert message.texts[0].startswith("### Select your broker:")
    assert offered == [(spec.name, spec.id) for spec in brokers_in(mode)]
    message.assert_fits()


@pytest.mark.parametrize("mode", DeploymentMode)
def test_each_line_of_the_menu_tells_gateway_from_cloud(mode: DeploymentMode) -> None:
    for option in drawn(brokers_card(brokers(mode), mode)).options:
        spec = get_broker(option["value"])
        if spec.requires_local_gateway:
            assert option["description"].startswith("⚠️ Single-user only")
        elif spec.id != "paper":
            assert option["description"].startswith("Cloud-based API")


@pytest.mark.parametrize("mode", DeploymentMode)
def test_each_line_of_the_menu_has_its_emoji(mode: DeploymentMode) -> None:
    for option in drawn(brokers_card(brokers(mode), mode)).options:
        spec = get_broker(option["value"])
        coins_only = spec.asset_classes == {AssetClass.CRYPTO}
        if spec.id != "paper" and not spec.retired:
            assert option["emoji"]["name"] == ("₿" if coins_only else "📈"), spec.id


@pytest.mark.parametrize("mode", DeploymentMode)
def test_whoever_is_not_selectable_is_named_with_a_reason(mode: DeploymentMode) -> None:
    listed = brokers(mode)

    text = drawn(brokers_card(listed, mode)).text.replace("\\", "")

    for one in listed:
        if not one.selectable:
            assert one.spec.name in text
            assert one.reason_for_people


@pytest.mark.parametrize("mode", DeploymentMode)
@pytest.mark.parametrize("broker", GATEWAYS)
def test_a_gateway_brokers_page_is_the_single_user_warning(
    broker: str, mode: DeploymentMode
) -> None:
    listed = brokers(mode)
    (one,) = (one for one in listed if one.spec.id == broker)

    message = drawn(broker_card(one, listed, mode))

    text = message.text.replace("\\", "")
    spec, gateway = one.spec, one.spec.gateway
    assert gateway is not None
    title = spec.name if one.selectable else "Single-User Deployment Required"
    assert title in message.texts[0]
    assert one.selectable is (mode is DeploymentMode.SINGLE_USER)
    assert bool(message.buttons) is one.selectable
    assert "`Single-User Only`" in message.texts[0]
    assert message.accents == [AMBER]
    assert spec.warning in text
    assert "**Requirements:**" in text
    for bullet in (
        f"Install {gateway.process} on your local machine",
        "Run the bot on the same machine as the Gateway",
        "Manual login with 2FA authentication",
        "Only supports one user at a time",
    ):
        assert bullet in text
    message.assert_fits()


@pytest.mark.parametrize("broker", GATEWAYS)
def test_in_the_cloud_a_gateway_brokers_page_names_what_works_instead(broker: str) -> None:
    listed = brokers(DeploymentMode.MULTI_USER)
    (one,) = (one for one in listed if one.spec.id == broker)

    text = drawn(broker_card(one, listed, DeploymentMode.MULTI_USER)).text

    for alternative in one.spec.alternatives:
        assert get_broker(alternative).name.replace("*", r"\*") in text
    assert "not possible with a bot in the cloud" in text


@pytest.mark.parametrize("mode", DeploymentMode)
def test_every_brokers_page_fits_and_names_it(mode: DeploymentMode) -> None:
    listed = brokers(mode, "SCHWAB_APP_KEY", "SCHWAB_APP_SECRET")

    for one in listed:
        message = drawn(broker_card(one, listed, mode))
        message.assert_fits()
        assert one.spec.name in message.text.replace("\\", "")
        for step in one.spec.setup_steps:
            assert step.split()[0] in message.text


def test_only_a_broker_that_needs_no_access_can_be_opened_by_a_button() -> None:
    mode = DeploymentMode.MULTI_USER
    listed = brokers(mode)

    opened = [one.spec.id for one in listed if broker_card(one, listed, mode).buttons]

    assert opened == ["paper"]


def test_no_page_asks_for_a_secret_in_discord() -> None:
    for mode in DeploymentMode:
        listed = brokers(mode)
        for one in listed:
            card = broker_card(one, listed, mode)
            assert card.menu is None
            assert {button.label for button in card.buttons} <= {
                "Open paper account",
                "Link paper account",
                "Link live account",
            }


def test_accounts_are_listed_with_environment_and_defaults() -> None:
    one = account()
    person = Person(user_id=ANNA, defaults={ANY: one.key, "crypto": one.key})

    text = drawn(accounts_card([one], [], person)).text

    assert "Paper …0001" in text
    assert "PAPER" in text
    assert "crypto, everything else" in text or "everything else, crypto" in text


def test_without_an_account_the_card_says_how_to_get_one() -> None:
    text = drawn(accounts_card([], [], Person(user_id=ANNA))).text

    assert "/setup broker opens one" in text


def test_status_names_the_links_that_do_not_answer_and_what_to_do() -> None:
    failed = UnreachableLink(link=account(2, "Broken").link, error=BrokerConnectionError())

    text = drawn(status_card(DeploymentMode.MULTI_USER, [account()], [failed], {}, {}, {})).text

    assert "connected" in text
    assert "Broken" in text
    assert failed.error.words.now in text.replace("\\", "")


def test_a_new_default_says_what_goes_there() -> None:
    assert "crypto" in drawn(default_card(account(), "crypto")).text
    assert "everything" in drawn(default_card(account(), ANY)).text


def test_every_broker_is_in_one_of_the_menus() -> None:
    offered = {
        option["value"]
        for mode in DeploymentMode
        for option in drawn(brokers_card(brokers(mode), mode)).options
    }

    assert offered == {spec.id for spec in all_brokers()}


def test_what_a_broker_keeps_an_account_from_stands_in_place_of_connected() -> None:
    blocked = account(label="Alpaca live")
    told = {blocked.link.link_id: "Alpaca has blocked this account from trading."}

    text = drawn(status_card(DeploymentMode.MULTI_USER, [blocked], [], told, {}, {})).text

    assert "Alpaca has blocked this account from trading." in text
    assert "connected" not in text


def test_status_tells_what_one_should_know_of_a_key() -> None:
    one = account(label="Kraken live")
    keys = {one.link.link_id: ["This key works from any address."]}

    text = drawn(status_card(DeploymentMode.MULTI_USER, [one], [], {}, keys, {})).text

    assert "Kraken live: This key works from any address." in text
