"""Why a broker can or cannot be chosen, for people and for the operator."""

from collections.abc import Set as AbstractSet

import pytest

from floorbroker.brokers.availability import Availability, availability, sdk_installed
from floorbroker.brokers.registry import get_broker, multi_user_brokers
from floorbroker.brokers.spec import BrokerSpec
from floorbroker.config import PAGE_SETTINGS
from floorbroker.domain.modes import DeploymentMode
from tests.brokers.fakes.building import built

CLOUD, HOME = DeploymentMode.MULTI_USER, DeploymentMode.SINGLE_USER
NOTHING: frozenset[str] = frozenset()
SCHWAB = frozenset({"SCHWAB_APP_KEY", "SCHWAB_APP_SECRET"})


def in_the_cloud(spec: BrokerSpec, settings: AbstractSet[str] = NOTHING) -> Availability:
    return availability(spec, CLOUD, settings | PAGE_SETTINGS)


def test_a_broker_with_all_that_it_needs_can_be_chosen() -> None:
    present = in_the_cloud(built("alpaca"))

    assert present.selectable
    assert present.reason_for_people == present.fix_for_operator == ""


def test_paper_can_be_chosen_in_both_modes_without_any_setting() -> None:
    assert all(
        availability(get_broker("paper"), mode, NOTHING).selectable for mode in (CLOUD, HOME)
    )


def test_a_broker_without_an_adapter_is_not_built_yet() -> None:
    present = in_the_cloud(built("alpaca", adapter=None))

    assert not present.selectable
    assert present.reason_for_people == "Not built into this version yet."
    assert "later version" in present.fix_for_operator


@pytest.mark.parametrize("broker_id", ["ibkr", "moomoo"])
def test_a_gateway_broker_in_the_cloud_says_which_mode_would_do(broker_id: str) -> None:
    spec = built(broker_id)
    present = in_the_cloud(spec)

    assert not present.selectable
    assert spec.gateway is not None
    assert spec.gateway.process in present.reason_for_people
    assert "DEPLOYMENT_MODE=single-user" in present.fix_for_operator


@pytest.mark.parametrize("broker_id", ["ibkr", "moomoo"])
def test_a_gateway_broker_at_home_can_be_chosen(broker_id: str) -> None:
    assert availability(built(broker_id), HOME, NOTHING).selectable


@pytest.mark.parametrize("missing", sorted(PAGE_SETTINGS))
def test_in_the_cloud_nothing_is_linked_without_the_page(missing: str) -> None:
    present = availability(built("alpaca"), CLOUD, PAGE_SETTINGS - {missing})

    assert not present.selectable
    assert present.fix_for_operator == f"Set {missing}, then restart."
    assert missing not in present.reason_for_people


def test_at_home_the_terminal_does_without_the_page() -> None:
    assert availability(built("alpaca"), HOME, NOTHING).selectable


def test_a_missing_sdk_is_the_operators_to_install() -> None:
    present = in_the_cloud(built("alpaca", sdk_module="no_such_sdk"))

    assert not present.selectable
    assert "pip install" not in present.reason_for_people
    assert 'pip install "floorbroker[alpaca]"' in present.fix_for_operator


def test_an_sdk_is_looked_for_and_not_imported() -> None:
    # A module of the standard library that nothing here imports stands in for an SDK.
    import sys

    sys.modules.pop("this", None)

    assert sdk_installed(built("alpaca", sdk_module="this"))
    assert "this" not in sys.modules


@pytest.mark.parametrize(
    ("settings", "missing"),
    [
        (NOTHING, "Set SCHWAB_APP_KEY and SCHWAB_APP_SECRET, then restart."),
        ({"SCHWAB_APP_KEY"}, "Set SCHWAB_APP_SECRET, then restart."),
        ({"SCHWAB_APP_SECRET"}, "Set SCHWAB_APP_KEY, then restart."),
    ],
)
def test_missing_operator_settings_are_named_to_the_operator_only(
    settings: AbstractSet[str], missing: str
) -> None:
    present = in_the_cloud(built("schwab"), settings)

    assert not present.selectable
    assert present.fix_for_operator == missing
    assert "SCHWAB_APP" not in present.reason_for_people


def test_an_oauth_broker_with_its_settings_can_be_chosen() -> None:
    assert in_the_cloud(built("schwab"), SCHWAB).selectable


def test_with_their_applications_set_all_cloud_brokers_can_be_chosen() -> None:
    brokers = [get_broker(broker) for broker in multi_user_brokers()]
    registered = {name for spec in brokers for name in spec.operator_settings}

    present = [in_the_cloud(spec, frozenset(registered)) for spec in brokers]

    assert len(present) == 8
    assert [one.spec.id for one in present if not one.selectable] == []


def test_the_mode_is_told_before_anything_that_could_be_mended() -> None:
    present = in_the_cloud(built("ibkr", adapter=None, sdk_module="no_such_sdk"))

    assert "TWS or IB Gateway" in present.reason_for_people


def test_nobody_is_told_to_install_a_package_for_a_broker_that_is_not_built() -> None:
    present = in_the_cloud(built("alpaca", adapter=None, sdk_module="no_such_sdk"))

    assert "pip install" not in present.fix_for_operator


def test_a_retired_broker_is_as_available_as_its_successor() -> None:
    present = in_the_cloud(get_broker("tdameritrade"), SCHWAB)
    successor = in_the_cloud(get_broker("schwab"), SCHWAB)

    assert present.spec.id == "tdameritrade"
    assert present.selectable == successor.selectable
    assert present.fix_for_operator == successor.fix_for_operator


def test_a_retired_broker_always_explains_where_it_leads() -> None:
    present = in_the_cloud(get_broker("tdameritrade"), SCHWAB)

    assert present.reason_for_people.startswith(
        "TD Ameritrade has closed; its accounts are at Charles Schwab now."
    )
