"""The look that the doctor takes at TWS or IB Gateway, line by line."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from floorbroker.brokers.gateway_checks import GatewayCheck, Outcome
from floorbroker.brokers.ibkr.accounts import HIGH_RISK, LIVE_PORTS, kind_of_account, kind_of_port
from floorbroker.brokers.ibkr.errors import UNTICK
from floorbroker.brokers.ibkr.line import IbkrLine
from floorbroker.brokers.ibkr.spec import SPEC
from floorbroker.brokers.shared.gateway import Gateway
from floorbroker.brokers.shared.gateways import Gateways
from floorbroker.domain.connections import ConnectionState
from floorbroker.domain.errors import BrokerError, GatewayNotRunning, NotSupported
from floorbroker.domain.modes import Environment

_DATA: Final = {
    1: (Outcome.GOOD, "IB_MARKET_DATA_TYPE=1: live prices, where the account subscribes to them."),
    2: (Outcome.NOTE, "IB_MARKET_DATA_TYPE=2: live prices, and the last ones after the close."),
    3: (Outcome.NOTE, "IB_MARKET_DATA_TYPE=3: prices are delayed by 15 to 20 minutes."),
    4: (Outcome.NOTE, "IB_MARKET_DATA_TYPE=4: delayed prices, and the last ones after the close."),
}


async def examine(options: Mapping[str, Any], gateways: Gateways) -> Sequence[GatewayCheck]:
    """See `gateway_checks.Examiner`. Nothing is sent that could become an order."""
    gateway: Gateway[IbkrLine] = gateways.of(SPEC.id, lambda: IbkrLine(options))
    line = gateway.wire
    where = f"{line.host}:{line.port}"
    try:
        await gateway.up()
    except GatewayNotRunning as error:
        return [_bad("port", error.message, "Start TWS or IB Gateway and log in to it.")]
    except NotSupported as error:
        return [_open(where), _bad("account", error.message, "Correct IB_ACCOUNT, or log in anew.")]
    except BrokerError as error:
        return [_open(where), _bad("handshake", error.message, _ENABLE)]
    return [
        _open(where),
        _good("handshake", f"TWS or IB Gateway answers, protocol version {line.version}."),
        _client_id(line, options),
        await _read_only(line),
        _money(line),
        _data(line),
        _standing(gateway),
    ]


def _client_id(line: IbkrLine, options: Mapping[str, Any]) -> GatewayCheck:
    wanted = int(options.get("ib_client_id") or 1)
    if line.client_id == wanted:
        return _good("client id", f"Connected with client id {wanted}.")
    return GatewayCheck(
        about="client id",
        outcome=Outcome.WARNING,
        found=f"Client id {wanted} is in use, by a floorbroker that runs already or by another "
        f"program, so this process is connected with {line.client_id}. Orders that were placed "
        f"with {wanted} cannot be changed or canceled from here.",
        now="Nothing, if the bot itself runs now. Otherwise close the other program, or set "
        "IB_CLIENT_ID to a number that no other uses, and restart the bot.",
    )


async def _read_only(line: IbkrLine) -> GatewayCheck:
    """By a cancel of a number that no order has: it is either not found, or not even looked for."""
    try:
        takes = await line.takes_orders()
    except BrokerError as error:
        return _bad("read-only", error.message, "Wait for a minute and look again.")
    if takes is None:
        return GatewayCheck(
            about="read-only",
            outcome=Outcome.NOTE,
            found="TWS does not say whether it takes orders from programs.",
            now="See that “Read-Only API” is off under Configure → API → Settings.",
        )
    if not takes:
        return _bad("read-only", "TWS shows accounts and prices, and takes no orders.", UNTICK)
    return _good("read-only", "TWS takes orders from programs.")


def _money(line: IbkrLine) -> GatewayCheck:
    """Port and accounts. What the link is for, connecting it looks at."""
    kinds = {kind_of_account(one) for one in line.accounts}
    known = kind_of_port(line.port)
    if len({*kinds, known or next(iter(kinds))}) > 1:
        return _bad(
            "accounts",
            f"Port {line.port} and the login do not agree: one is for paper trading and the other "
            "for real money. Links are refused.",
            "Log in to the account that belongs to the port, or correct IB_PORT.",
        )
    found = f"The login has {len(line.accounts)} account{'s'[: len(line.accounts) != 1]}"
    if Environment.LIVE in kinds or line.port in LIVE_PORTS:
        return GatewayCheck(
            about="accounts", outcome=Outcome.WARNING, found=f"{found}, live. {HIGH_RISK}"
        )
    return _good("accounts", f"{found}, for paper trading.")


def _data(line: IbkrLine) -> GatewayCheck:
    outcome, found = _DATA[line.data_type]
    return GatewayCheck(about="market data", outcome=outcome, found=found)


def _standing(gateway: Gateway[IbkrLine]) -> GatewayCheck:
    status = gateway.status()
    if status.state is ConnectionState.CONNECTED:
        dropped = gateway.wire.dropped_at
        since = f"It has stood since {status.since:%Y-%m-%d %H:%M} UTC"
        last = f"; it last dropped at {dropped:%Y-%m-%d %H:%M} UTC." if dropped else "."
        return _good("connection", since + last)
    return GatewayCheck(
        about="connection",
        outcome=Outcome.WARNING,
        found=status.detail or "It does not stand at this moment.",
        now="Wait for some minutes.",
    )


def _open(where: str) -> GatewayCheck:
    return _good("port", f"Something listens on {where}.")


def _good(about: str, found: str) -> GatewayCheck:
    return GatewayCheck(about=about, outcome=Outcome.GOOD, found=found)


def _bad(about: str, found: str, now: str) -> GatewayCheck:
    return GatewayCheck(about=about, outcome=Outcome.BAD, found=found, now=now)


_ENABLE: Final = (
    "Turn on “Enable ActiveX and Socket Clients” in TWS under Configure → API → Settings, or "
    "answer the question that it shows."
)
