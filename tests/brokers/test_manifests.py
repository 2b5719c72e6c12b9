"""What every manifest must say, and what the gateway brokers say besides."""

import re

import pytest

from floorbroker.brokers.registry import all_brokers, get_broker
from floorbroker.brokers.spec import AuthFlow, BrokerSpec, Capability
from floorbroker.domain.instruments import AssetClass
from floorbroker.domain.modes import DeploymentMode, Environment
from floorbroker.domain.orders import OrderType

CLOUD = ["alpaca", "schwab", "binance", "kraken", "coinbase", "etrade", "webull", "tdameritrade"]
GATEWAYED = ["ibkr", "moomoo"]

each_broker = pytest.mark.parametrize("spec", all_brokers(), ids=lambda spec: spec.id)
each_gatewayed = pytest.mark.parametrize("broker_id", GATEWAYED)


# Metadata


@each_broker
def test_a_manifest_has_words_for_people_in_every_field_that_they_read(spec: BrokerSpec) -> None:
    for text in (spec.name, spec.badge, spec.emoji, spec.api_type, spec.auth_method):
        assert text
        assert text == text.strip()
    assert spec.setup_steps


@each_broker
def test_a_manifest_says_what_is_traded_and_where(spec: BrokerSpec) -> None:
    assert spec.asset_classes
    assert spec.environments
    assert spec.modes


@each_broker
def test_a_broker_that_trades_takes_at_least_market_and_limit_orders(spec: BrokerSpec) -> None:
    if spec.retired:
        assert not spec.order_types
        assert not spec.capabilities
        return
    assert {OrderType.MARKET, OrderType.LIMIT} <= spec.order_types
    assert spec.times_in_force


@pytest.mark.parametrize(
    ("broker_id", "api_type", "auth_method"),
    [
        ("alpaca", "REST", "API Key / OAuth 2.0"),
        ("schwab", "REST", "OAuth 2.0"),
        ("binance", "REST", "API Key"),
        ("kraken", "REST", "API Key"),
        ("coinbase", "REST", "JWT (API Key)"),
        ("etrade", "REST", "OAuth 1.0a"),
        ("webull", "REST", "App Key (signed) / OAuth 2.0"),
        ("tdameritrade", "REST", "OAuth 2.0"),
        ("ibkr", "Socket (TWS API)", "Login at the local gateway"),
        ("moomoo", "Socket (OpenD)", "Login at the local gateway"),
    ],
)
def test_each_broker_names_its_interface_and_its_way_in(
    broker_id: str, api_type: str, auth_method: str
) -> None:
    spec = get_broker(broker_id)

    assert (spec.api_type, spec.auth_method) == (api_type, auth_method)


@pytest.mark.parametrize("broker_id", [*CLOUD, *GATEWAYED])
def test_crypto_brokers_wear_the_coin_and_stock_brokers_the_chart(broker_id: str) -> None:
    expected = "₿" if broker_id in {"binance", "kraken", "coinbase"} else "📈"

    assert get_broker(broker_id).emoji == expected


@each_broker
def test_texts_fit_a_discord_select_option(spec: BrokerSpec) -> None:
    assert len(spec.name) <= 100
    assert len(spec.id) <= 100
    assert len(spec.badge) <= 25


@each_broker
def test_an_sdk_comes_with_the_extra_that_installs_it(spec: BrokerSpec) -> None:
    if spec.sdk_module is not None:
        assert spec.extra == spec.id
    assert "." not in (spec.sdk_module or "")


@each_broker
def test_operator_settings_are_written_as_the_environment_spells_them(spec: BrokerSpec) -> None:
    for name in spec.operator_settings:
        assert re.fullmatch(r"[A-Z][A-Z0-9_]+", name)


def test_only_oauth_brokers_need_credentials_of_the_operator() -> None:
    needing = {spec.id: spec.operator_settings for spec in all_brokers() if spec.operator_settings}

    assert needing == {
        "schwab": ("SCHWAB_APP_KEY", "SCHWAB_APP_SECRET"),
        "etrade": ("ETRADE_CONSUMER_KEY", "ETRADE_CONSUMER_SECRET"),
    }


# Consistency


def test_ids_are_unique() -> None:
    assert len({spec.id for spec in all_brokers()}) == len(all_brokers())


@each_broker
def test_ids_are_plain_words(spec: BrokerSpec) -> None:
    assert re.fullmatch(r"[a-z]+", spec.id)


@each_broker
def test_only_a_gateway_keeps_a_broker_out_of_the_cloud(spec: BrokerSpec) -> None:
    in_the_cloud = DeploymentMode.MULTI_USER in spec.modes

    assert in_the_cloud == (spec.gateway is None)
    assert spec.deployment == ("multi-user" if in_the_cloud else "single-user-only")


@each_broker
def test_every_broker_works_at_home(spec: BrokerSpec) -> None:
    assert DeploymentMode.SINGLE_USER in spec.modes


@each_broker
def test_a_way_in_through_a_gateway_has_a_gateway(spec: BrokerSpec) -> None:
    assert (spec.auth_flow is AuthFlow.LOCAL_GATEWAY) == (spec.gateway is not None)


@each_broker
def test_alternatives_and_successors_are_brokers_of_the_cloud(spec: BrokerSpec) -> None:
    named = [*spec.alternatives, *([spec.supported_by] if spec.supported_by else [])]

    for broker_id in named:
        other = get_broker(broker_id)
        assert DeploymentMode.MULTI_USER in other.modes
        assert not other.retired


@each_broker
def test_only_the_built_in_broker_and_those_with_paper_accounts_offer_paper(
    spec: BrokerSpec,
) -> None:
    offers = Environment.PAPER in spec.environments

    assert offers == (spec.id in {"paper", "alpaca", "binance", "ibkr", "moomoo", "webull"})


@each_broker
def test_an_option_chain_is_offered_only_where_options_are_traded(spec: BrokerSpec) -> None:
    if Capability.OPTION_CHAIN in spec.capabilities:
        assert AssetClass.OPTION in spec.asset_classes


# Gateways


def test_interactive_brokers_knows_four_ports_and_calls_the_live_ones_high_risk() -> None:
    gateway = get_broker("ibkr").gateway

    assert gateway is not None
    assert gateway.process == "TWS or IB Gateway"
    assert gateway.port == 7497
    assert dict(gateway.ports) == {
        7497: "TWS, paper",
        7496: "TWS, live: HIGH RISK",
        4002: "IB Gateway, paper",
        4001: "IB Gateway, live: HIGH RISK",
    }


def test_moomoo_listens_on_the_port_of_opend() -> None:
    gateway = get_broker("moomoo").gateway

    assert gateway is not None
    assert "OpenD" in gateway.process
    assert gateway.port == 11111


@each_gatewayed
def test_a_gateway_broker_tells_what_a_person_needs(broker_id: str) -> None:
    spec = get_broker(broker_id)

    assert spec.gateway is not None
    assert spec.requirements == (
        f"Install {spec.gateway.process} on your local machine",
        "Run the bot on the same machine as the Gateway",
        "Manual login with 2FA authentication",
        "Only supports one user at a time",
    )
    assert "requires local Gateway installation" in spec.warning
    assert "Only supported in single-user deployment mode." in spec.warning
    assert spec.badge == "Single-User Only"


@each_gatewayed
def test_the_last_step_of_a_gateway_broker_names_the_port_of_its_gateway(broker_id: str) -> None:
    spec = get_broker(broker_id)

    assert spec.gateway is not None
    assert f"localhost:{spec.gateway.port}" in spec.setup_steps[-1]
