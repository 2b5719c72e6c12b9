"""Whether the link, the port and the login mean the same kind of money. Pure.

Accounts of paper trading begin with D, mostly DU; that no live account does is unverified, and so
is that a login reaches accounts of one kind only.
"""

from collections.abc import Iterable
from typing import Final

from floorbroker.brokers.ibkr.errors import BROKER
from floorbroker.brokers.ibkr.spec import SPEC
from floorbroker.domain.errors import NotSupported
from floorbroker.domain.modes import Environment

PAPER_PORTS: Final = frozenset({7497, 4002})
LIVE_PORTS: Final = frozenset({7496, 4001})
HIGH_RISK: Final = "HIGH RISK: orders here are for real money."


def kind_of_port(port: int) -> Environment | None:
    """What the port stands for; None for one that only the operator knows."""
    if port in PAPER_PORTS:
        return Environment.PAPER
    return Environment.LIVE if port in LIVE_PORTS else None


def kind_of_account(account: str) -> Environment:
    """Paper or real money."""
    return Environment.PAPER if account.upper().startswith("D") else Environment.LIVE


def check_agreement(environment: Environment, port: int, accounts: Iterable[str]) -> None:
    """That all of them are for the same kind of money.

    Raises:
        NotSupported: They are not; it tells which disagree.
    """
    kinds = {kind_of_account(one) for one in accounts}
    known = kind_of_port(port)
    said = [f"this link is for {_MONEY[environment]}"]
    if known is not None:
        said.append(f"port {port} is {_named(port)}")
    said += [f"the login at the gateway has {_ACCOUNTS[kind]}" for kind in sorted(kinds)]
    if {environment, known or environment, *kinds} == {environment}:
        return
    words = f"These do not agree: {', '.join(said[:-1])}, and {said[-1]}. {_fix(environment)}"
    raise NotSupported(words, broker=BROKER)


def warning(environment: Environment, port: int) -> str:
    """What to say besides the state of the connection; empty in paper trading."""
    live = environment is Environment.LIVE or port in LIVE_PORTS
    return HIGH_RISK if live else ""


def another_account() -> NotSupported:
    """What is asked about is none of the accounts of the login."""
    words = "The login at TWS or IB Gateway does not reach this account now."
    return NotSupported(words, broker=BROKER)


def _named(port: int) -> str:
    known = dict(SPEC.gateway.ports) if SPEC.gateway is not None else {}
    return known.get(port, "").partition(":")[0]


def _fix(environment: Environment) -> str:
    right = sorted(PAPER_PORTS if environment is Environment.PAPER else LIVE_PORTS, reverse=True)
    return (
        f"Log in to the right account and set IB_PORT to its port ({right[0]} for TWS, "
        f"{right[1]} for IB Gateway), or link with the other environment. Nothing was sent."
    )


_MONEY: Final = {Environment.PAPER: "paper trading", Environment.LIVE: "real money"}
_ACCOUNTS: Final = {Environment.PAPER: "a paper account", Environment.LIVE: "a live account"}
