"""What the registry says of the brokers."""

import pytest

from floorbroker.brokers.registry import (
    all_brokers,
    brokers_in,
    brokers_offering,
    brokers_trading,
    brokers_with_api,
    get_broker,
    multi_user_brokers,
    requires_local_gateway,
    single_user_only_brokers,
)
from floorbroker.brokers.spec import BrokerSpec, Capability
from floorbroker.domain.errors import InvalidInput
from floorbroker.domain.instruments import AssetClass
from floorbroker.domain.modes import DeploymentMode

CLOUD = ["alpaca", "schwab", "binance", "kraken", "coinbase", "etrade", "webull", "tdameritrade"]
GATEWAYED = ["ibkr", "moomoo"]
EVERY = ["paper", *CLOUD, *GATEWAYED]

each_broker = pytest.mark.parametrize("spec", all_brokers(), ids=lambda spec: spec.id)
each_gatewayed = pytest.mark.parametrize("broker_id", GATEWAYED)


def ids(specs: tuple[BrokerSpec, ...]) -> list[str]:
    return [spec.id for spec in specs]


# By mode


def test_multi_user_mode_has_the_cloud_brokers_and_paper() -> None:
    assert ids(brokers_in(DeploymentMode.MULTI_USER)) == ["paper", *CLOUD]


def test_single_user_mode_has_every_broker() -> None:
    assert ids(brokers_in(DeploymentMode.SINGLE_USER)) == EVERY


# By type


def test_the_cloud_brokers_are_the_rest_brokers() -> None:
    assert ids(brokers_with_api("REST")) == CLOUD


def test_the_gateway_brokers_are_the_socket_brokers() -> None:
    assert ids(brokers_with_api("Socket")) == GATEWAYED


def test_an_interface_that_nobody_has_finds_nobody() -> None:
    assert brokers_with_api("FIX") == ()


def test_a_retired_broker_trades_nothing() -> None:
    shares = ids(brokers_trading(AssetClass.EQUITY))

    assert "schwab" in shares
    assert "tdameritrade" not in shares


def test_the_crypto_exchanges_trade_nothing_else() -> None:
    exchanges = {"binance", "kraken", "coinbase"}

    assert exchanges <= set(ids(brokers_trading(AssetClass.CRYPTO)))
    assert not exchanges & set(ids(brokers_trading(AssetClass.EQUITY)))


# Requires a gateway


@each_gatewayed
def test_a_gateway_broker_requires_its_gateway(broker_id: str) -> None:
    assert requires_local_gateway(broker_id)


@pytest.mark.parametrize("broker_id", ["paper", *CLOUD])
def test_a_cloud_broker_requires_none(broker_id: str) -> None:
    assert not requires_local_gateway(broker_id)


def test_whether_an_unknown_broker_needs_a_gateway_is_not_guessed() -> None:
    with pytest.raises(InvalidInput, match="Unsupported broker"):
        requires_local_gateway("robinhood")


# Look-up


@pytest.mark.parametrize("broker_id", EVERY)
def test_a_broker_is_found_by_its_id(broker_id: str) -> None:
    assert get_broker(broker_id).id == broker_id


@pytest.mark.parametrize("text", ["", "robinhood", "Alpaca", " alpaca", "alpaca\n", "../paper"])
def test_any_other_text_is_an_unsupported_broker(text: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        get_broker(text)

    assert refusal.value.message == "Unsupported broker"


# Lists


def test_all_brokers_are_the_ten_and_paper() -> None:
    assert ids(all_brokers()) == EVERY


def test_the_multi_user_brokers_keep_their_order() -> None:
    assert list(multi_user_brokers()) == CLOUD


def test_the_single_user_brokers_are_the_gateway_brokers() -> None:
    assert list(single_user_only_brokers()) == GATEWAYED


def test_td_ameritrade_is_the_one_retired_broker_and_leads_to_schwab() -> None:
    assert {spec.id: spec.supported_by for spec in all_brokers() if spec.retired} == {
        "tdameritrade": "schwab"
    }


@pytest.mark.parametrize(
    ("broker_id", "alternatives"),
    [("ibkr", ("alpaca", "schwab")), ("moomoo", ("alpaca", "webull"))],
)
def test_gateway_brokers_recommend_where_their_people_find_the_same(
    broker_id: str, alternatives: tuple[str, ...]
) -> None:
    assert get_broker(broker_id).alternatives == alternatives


# Features


def test_the_exchanges_that_tell_a_keys_rights_are_found() -> None:
    assert ids(brokers_offering(Capability.KEY_RIGHTS)) == ["binance", "kraken", "coinbase"]


@pytest.mark.parametrize("capability", Capability)
def test_a_capability_is_found_at_the_brokers_that_declare_it(capability: Capability) -> None:
    found = brokers_offering(capability)

    assert found
    assert set(found) == {spec for spec in all_brokers() if capability in spec.capabilities}


# Approval


def test_three_brokers_approve_before_they_give_access() -> None:
    assert [spec.id for spec in all_brokers() if spec.approval.required] == [
        "schwab",
        "etrade",
        "webull",
    ]


@each_broker
def test_how_long_approval_takes_is_told(spec: BrokerSpec) -> None:
    assert spec.approval.timeline


@pytest.mark.parametrize("broker_id", ["schwab", "etrade"])
def test_where_the_operator_is_approved_people_are_told_that_they_need_not_be(
    broker_id: str,
) -> None:
    assert "operator" in get_broker(broker_id).approval.timeline


def test_webull_approves_each_person_within_two_business_days() -> None:
    timeline = get_broker("webull").approval.timeline

    assert "1–2 business days" in timeline
    assert "each person" in timeline
