"""The deployment gate: what runs in the cloud, what only at home, and that no call changes it."""

import itertools

import pytest

from floorbroker.brokers.registry import all_brokers, check_mode, get_broker, multi_user_brokers
from floorbroker.brokers.spec import BrokerSpec
from floorbroker.domain.errors import DeploymentModeError
from floorbroker.domain.modes import DeploymentMode
from tests.brokers.fakes.building import asked, built, factory_over
from tests.brokers.fakes.gatewayed.adapter import ScriptedAdapter

CLOUD, HOME = DeploymentMode.MULTI_USER, DeploymentMode.SINGLE_USER
GATEWAYED = ["ibkr", "moomoo"]


def refusal_of(broker_id: str) -> DeploymentModeError:
    with pytest.raises(DeploymentModeError) as caught:
        check_mode(get_broker(broker_id), CLOUD)
    return caught.value


@pytest.mark.parametrize("broker_id", GATEWAYED)
def test_a_gateway_broker_is_refused_in_the_cloud(broker_id: str) -> None:
    with pytest.raises(DeploymentModeError, match=r"requires local.*Gateway"):
        check_mode(get_broker(broker_id), CLOUD)


@pytest.mark.parametrize("spec", all_brokers(), ids=lambda spec: spec.id)
def test_every_broker_passes_at_home(spec: BrokerSpec) -> None:
    check_mode(spec, HOME)  # raises nothing


@pytest.mark.parametrize("broker_id", ["paper", *multi_user_brokers()])
def test_a_cloud_broker_passes_in_the_cloud(broker_id: str) -> None:
    check_mode(get_broker(broker_id), CLOUD)  # raises nothing


def test_the_refusal_names_broker_and_gateway_first() -> None:
    first = refusal_of("ibkr").message.splitlines()[0]

    assert first == (
        "Interactive Brokers (ibkr) requires local TWS or IB Gateway "
        "and only supports single-user deployments."
    )


@pytest.mark.parametrize(("broker_id", "port"), [("ibkr", 7497), ("moomoo", 11111)])
def test_the_refusal_says_why_it_cannot_work_in_the_cloud(broker_id: str, port: int) -> None:
    message = refusal_of(broker_id).message

    assert (
        f"Problem: {get_broker(broker_id).name} API connects to localhost:{port}, "
        "expecting a Gateway process running on the same machine." in message
    )
    assert "second factor" in message


@pytest.mark.parametrize("broker_id", GATEWAYED)
def test_the_refusal_does_not_claim_that_gateways_take_no_remote_connection(
    broker_id: str,
) -> None:
    # TWS keeps a list of trusted addresses: the claim of the first design was wrong.
    message = refusal_of(broker_id).message.lower()

    assert "remote" not in message
    assert "impossible" not in message


@pytest.mark.parametrize("broker_id", GATEWAYED)
def test_the_refusal_lists_every_alternative_by_name_and_id_in_order(broker_id: str) -> None:
    lines = [line for line in refusal_of(broker_id).message.splitlines() if line.startswith("  - ")]

    expected = [f"  - {get_broker(other).name} ({other})" for other in multi_user_brokers()]
    assert [line.partition(",")[0] for line in lines] == expected


def test_the_retired_alternative_is_marked_as_leading_to_its_successor() -> None:
    lines = refusal_of("ibkr").message.splitlines()

    assert "  - TD Ameritrade (tdameritrade), closed: leads to Charles Schwab" in lines
    assert sum("closed" in line for line in lines) == 1


@pytest.mark.parametrize(
    ("broker_id", "recommended"),
    [("ibkr", "Alpaca or Charles Schwab"), ("moomoo", "Alpaca or Webull")],
)
def test_the_refusal_recommends_the_closest_ones(broker_id: str, recommended: str) -> None:
    assert f"Closest to it: {recommended}." in refusal_of(broker_id).message


def test_the_refusal_carries_its_facts_for_cards() -> None:
    refusal = refusal_of("ibkr")

    assert refusal.broker == "ibkr"
    assert refusal.gateway == "TWS or IB Gateway"
    assert [broker_id for _, broker_id in refusal.alternatives] == list(multi_user_brokers())


def test_the_refusal_fits_a_discord_message() -> None:
    assert max(len(refusal_of(broker_id).message) for broker_id in GATEWAYED) <= 2000


@pytest.mark.parametrize("broker_id", GATEWAYED)
def test_the_factory_makes_no_gateway_broker_in_the_cloud(broker_id: str) -> None:
    factory = factory_over(CLOUD, built(broker_id))

    with pytest.raises(DeploymentModeError, match=r"requires local.*Gateway"):
        factory.create(broker_id, **asked())


@pytest.mark.parametrize("broker_id", GATEWAYED)
def test_the_factory_makes_a_gateway_broker_at_home(broker_id: str) -> None:
    factory = factory_over(HOME, built(broker_id))

    adapter = factory.create(broker_id, **asked())

    assert isinstance(adapter, ScriptedAdapter)


@pytest.mark.parametrize("broker_id", GATEWAYED)
async def test_in_the_cloud_a_gateway_is_never_even_tried(broker_id: str) -> None:
    calls: list[str] = []
    spec = built(broker_id)
    factory = factory_over(CLOUD, spec, options={spec.id: {"calls": calls}})

    with pytest.raises(DeploymentModeError):
        await factory.test_connection(broker_id, **asked(narrow=HOME))

    assert calls == []


def test_the_gate_stands_before_the_code_of_a_gateway_broker() -> None:
    factory = factory_over(CLOUD, built("ibkr", adapter="no_such_package.adapter:Nothing"))

    with pytest.raises(DeploymentModeError):
        factory.create("ibkr", **asked())


@pytest.mark.parametrize(
    ("process", "narrow"), list(itertools.product(DeploymentMode, [None, *DeploymentMode]))
)
def test_a_call_may_narrow_the_mode_and_never_widen_it(
    process: DeploymentMode, narrow: DeploymentMode | None
) -> None:
    factory = factory_over(process, built("ibkr"))

    if CLOUD in {process, narrow}:
        with pytest.raises(DeploymentModeError):
            factory.create("ibkr", **asked(narrow=narrow))
    else:
        assert factory.create("ibkr", **asked(narrow=narrow)) is not None


def test_narrowing_one_call_leaves_the_next_one_alone() -> None:
    factory = factory_over(HOME, built("ibkr"))
    with pytest.raises(DeploymentModeError):
        factory.create("ibkr", **asked(narrow=CLOUD))

    adapter = factory.create("ibkr", **asked())

    assert isinstance(adapter, ScriptedAdapter)


def test_the_mode_of_a_factory_cannot_be_reassigned() -> None:
    factory = factory_over(CLOUD, built("ibkr"))

    with pytest.raises(AttributeError):
        factory.mode = HOME  # type: ignore[misc]  # that it cannot be set is what is tested
