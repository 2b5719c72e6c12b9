"""What the doctor sees at OpenD: line by line, each with the one thing to do where it is wrong."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from floorbroker.brokers.gateway_checks import GatewayCheck, Outcome
from floorbroker.brokers.moomoo import mapping, words
from floorbroker.brokers.moomoo.errors import HOW_TO_UNLOCK, for_read
from floorbroker.brokers.moomoo.line import OpenDLine
from floorbroker.brokers.moomoo.spec import SPEC
from floorbroker.brokers.shared.gateways import Gateways
from floorbroker.brokers.shared.threads import BlockingCalls
from floorbroker.brokers.shared.wire import Failure
from floorbroker.domain.connections import ConnectionStatus
from floorbroker.domain.errors import BrokerError, GatewayNotRunning
from floorbroker.domain.modes import Environment

_HERE: Final = frozenset({"127.0.0.1", "localhost", "::1"})


async def examine(options: Mapping[str, Any], gateways: Gateways) -> Sequence[GatewayCheck]:
    """See `gateway_checks.Examiner`."""
    gateway = gateways.of(
        SPEC.id, lambda: OpenDLine(options, BlockingCalls(threads=2, waiting=2, reserve=1))
    )
    line, failure = gateway.wire, None
    if line.firm_name not in words.FIRMS:
        wrong = f"OPEND_SECURITY_FIRM is {line.firm_name[:32]}, which is no firm of moomoo's."
        return [_bad("Setting", wrong, f"Set it to one of {', '.join(words.FIRMS)}.")]
    try:
        await gateway.up()
    except GatewayNotRunning as error:
        return [_bad("Port", error.message, "Start OpenD and log in to it by hand.")]
    except BrokerError as error:
        failure = error
    checks = [_port(line)]
    if failure is not None and not line.greeted:
        return [*checks, _bad("Handshake", failure.message, "Restart OpenD, then look again.")]
    checks += [_good("Handshake", f"OpenD {line.version} answers."), _log_in(line)]
    if not line.logged_in[1]:
        return checks
    checks += await _accounts(line)
    return [*checks, _prices(line), *_drop(line, gateway.status())]


def _port(line: OpenDLine) -> GatewayCheck:
    where = f"{line.host}:{line.port}"
    if line.host in _HERE:
        return _good("Port", f"Something listens on {where}.")
    return GatewayCheck(
        about="Port",
        outcome=Outcome.WARNING,
        found=f"OpenD is on another machine ({where}), and what is sent there is not encrypted.",
        now="Run the bot on OpenD's own machine.",
    )


def _log_in(line: OpenDLine) -> GatewayCheck:
    quotes, trading = line.logged_in
    if quotes and trading:
        return _good("Log-in", "OpenD is logged in to moomoo's quote and trade servers.")
    if trading:
        return GatewayCheck(
            about="Log-in",
            outcome=Outcome.WARNING,
            found="OpenD is logged in to moomoo's trade servers and not to its quote servers.",
            now="Look at OpenD's window: there are no prices until it has logged in there.",
        )
    return _bad(
        "Log-in",
        "OpenD is not logged in to moomoo's trade servers.",
        "Log in to OpenD by hand, in its own window.",
    )


async def _accounts(line: OpenDLine) -> list[GatewayCheck]:
    try:
        told = await line.accounts()
    except Failure as failure:
        return [_bad("Accounts", for_read(failure).message, "Restart OpenD, then look again.")]
    checks = []
    for environment in Environment:
        found = len(mapping.accounts(told, environment, line.firm))
        about = f"{environment.value.capitalize()} accounts"
        if found:
            checks.append(_good(about, f"{found} for US shares or options."))
        else:
            why = mapping.no_account(told, environment, line.firm_name).message
            checks.append(GatewayCheck(about=about, outcome=Outcome.NOTE, found=why))
        if found and environment is Environment.LIVE:
            checks.append(_lock(line))
    return checks


def _lock(line: OpenDLine) -> GatewayCheck:
    """OpenD does not tell: the last order with real money showed it, if there was one."""
    if line.unlocked:
        return _good("Trading", "Unlocked: the last order with real money was taken.")
    if line.unlocked is False:
        return _bad(
            "Trading",
            "Locked when the last order with real money was sent: OpenD refused it.",
            HOW_TO_UNLOCK,
        )
    return GatewayCheck(
        about="Trading",
        outcome=Outcome.NOTE,
        found="OpenD does not tell whether it is unlocked for orders with real money; paper "
        f"accounts need no unlocking. {HOW_TO_UNLOCK}",
    )


def _prices(line: OpenDLine) -> GatewayCheck:
    right = line.us_right
    if right is None:
        found = "OpenD does not tell which US prices this person may see."
        return GatewayCheck(about="Market data", outcome=Outcome.NOTE, found=found)
    named = words.RIGHT_WORDS.get(right, "of a kind not known here")
    if right == words.NO_RIGHT or right in words.DELAYED_RIGHTS:
        return GatewayCheck(
            about="Market data",
            outcome=Outcome.WARNING,
            found=f"No live US prices: the right is {named}.",
            now="Get the right to US quotes in the moomoo app, under market data.",
        )
    return _good("Market data", f"Live US prices: {named}.")


def _drop(line: OpenDLine, status: ConnectionStatus) -> list[GatewayCheck]:
    if not line.dropped:
        return []
    found = f"{line.dropped} It stands again since {status.since:%Y-%m-%d %H:%M} UTC."
    return [GatewayCheck(about="Last drop", outcome=Outcome.NOTE, found=found)]


def _good(about: str, found: str) -> GatewayCheck:
    return GatewayCheck(about=about, outcome=Outcome.GOOD, found=found)


def _bad(about: str, found: str, now: str) -> GatewayCheck:
    return GatewayCheck(about=about, outcome=Outcome.BAD, found=found, now=now)
