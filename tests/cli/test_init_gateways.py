"""Which port `floorbroker init` sets: paper before live, and live only with a yes."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import pytest

from floorbroker.brokers.spec import BrokerSpec
from floorbroker.cli.giving_up import GivenUp
from floorbroker.cli.init_gateways import chosen_ports
from tests.cli.at_home import at_home
from tests.cli.ears import at_ports, ear, nobody
from tests.cli.typing_keys import Typed


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """A port with a listener and one without for each that TWS and IB Gateway may have."""

    heard: dict[str, int]
    silent: dict[str, int]

    def ibkr(self, *listening: str) -> BrokerSpec:
        """TWS or IB Gateway, with listeners where it is said."""
        known = {
            "paper": "TWS, paper",
            "live": "TWS, live: HIGH RISK",
            "later": "IB Gateway, paper",
        }
        ports = {
            (self.heard if name in listening else self.silent)[name]: what
            for name, what in known.items()
        }
        return at_ports("ibkr", ports)


@pytest.fixture
def machine(folder: Any) -> Iterator[Machine]:
    names = ("paper", "live", "later")
    with ExitStack() as stack:
        yield Machine(
            heard={name: stack.enter_context(ear()).port for name in names},
            silent={name: stack.enter_context(nobody()) for name in names},
        )


async def chosen(
    spec: BrokerSpec, *answers: str, named: int | None = None, ask: bool = True, **settings: Any
) -> int | None:
    """The port that is set; None if none is."""
    typed = Typed(*answers)
    ports = {} if named is None else {"IB_PORT": named}
    found = await chosen_ports(at_home(**settings), ports, typed if ask else None, [spec])
    assert typed.answers == []
    assert found.keys() <= {"IB_PORT"}
    return int(found["IB_PORT"]) if found else None


async def test_the_port_that_listens_is_set(machine: Machine) -> None:
    assert await chosen(machine.ibkr("later")) == machine.heard["later"]


async def test_paper_goes_before_live_and_nobody_is_asked(machine: Machine) -> None:
    assert await chosen(machine.ibkr("live", "later")) == machine.heard["later"]


async def test_with_nothing_that_listens_nothing_is_set_and_the_ports_are_told(
    machine: Machine, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await chosen(machine.ibkr()) is None

    told = capsys.readouterr().out
    assert "TWS or IB Gateway: nothing listens on 127.0.0.1" in told
    assert all(str(port) in told for port in machine.silent.values())


async def test_live_alone_is_offered_with_its_risk_and_set_after_a_yes(
    machine: Machine, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await chosen(machine.ibkr("live"), "yes") == machine.heard["live"]

    assert "HIGH RISK" in capsys.readouterr().out


@pytest.mark.parametrize("answer", ["no", "", "y", "1"])
async def test_live_is_not_set_without_a_whole_yes(machine: Machine, answer: str) -> None:
    assert await chosen(machine.ibkr("live"), answer) is None


async def test_live_is_never_set_where_nobody_is_asked(
    machine: Machine, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await chosen(machine.ibkr("live"), ask=False) is None

    assert "Not set." in capsys.readouterr().out


async def test_a_live_port_that_was_named_is_asked_about(machine: Machine) -> None:
    live = machine.heard["live"]

    assert await chosen(machine.ibkr("live", "paper"), "yes", named=live) == live
    assert await chosen(machine.ibkr("live", "paper"), "no", named=live) is None
    assert await chosen(machine.ibkr("live", "paper"), named=live, ask=False) == live


async def test_a_paper_port_that_is_set_and_listens_stays(machine: Machine) -> None:
    later = machine.heard["later"]

    assert await chosen(machine.ibkr("paper", "later"), ib_port=later) == later


async def test_a_live_port_that_is_set_stays_with_a_yes_or_where_nobody_is_asked(
    machine: Machine,
) -> None:
    spec, live = machine.ibkr("live"), machine.heard["live"]

    assert await chosen(spec, "yes", ib_port=live) == live
    assert await chosen(spec, ib_port=live, ask=False) == live


async def test_a_live_port_that_is_set_gives_way_to_paper_after_a_no(machine: Machine) -> None:
    spec = machine.ibkr("live")

    assert await chosen(spec, "no", ib_port=machine.heard["live"]) == machine.silent["paper"]


async def test_a_paper_port_that_is_set_stays_set_while_only_live_listens(machine: Machine) -> None:
    spec, later = machine.ibkr("live"), machine.silent["later"]

    assert await chosen(spec, "no", ib_port=later) is None
    assert await chosen(spec, ib_port=later, ask=False) is None


async def test_a_port_of_ones_own_choice_stays_if_something_listens_there(
    machine: Machine,
) -> None:
    with ear() as own, nobody() as gone:
        assert await chosen(machine.ibkr("paper"), ib_port=own.port) == own.port
        assert await chosen(machine.ibkr("paper"), ib_port=gone) == machine.heard["paper"]


async def test_a_port_that_was_named_is_set_though_nothing_listens_yet(machine: Machine) -> None:
    wanted = machine.silent["later"]

    assert await chosen(machine.ibkr("paper"), named=wanted) == wanted


@pytest.mark.parametrize("port", [0, -1, 65_536])
async def test_what_is_no_port_is_refused(machine: Machine, port: int) -> None:
    with pytest.raises(GivenUp, match="IB_PORT: a port is 1 to 65535"):
        await chosen(machine.ibkr(), named=port)


async def test_a_port_for_paper_and_live_is_set_with_its_risk_told(
    machine: Machine, capsys: pytest.CaptureFixture[str]
) -> None:
    port = machine.heard["paper"]
    moomoo = at_ports("moomoo", {port: "OpenD, paper and live: HIGH RISK"})

    found = await chosen_ports(at_home(), {}, Typed(), [moomoo])

    assert found == {"OPEND_PORT": str(port)}
    assert "HIGH RISK" in capsys.readouterr().out
