"""Unlocks trading in OpenD from the terminal of its own machine: the password is used once.

It is one lock for OpenD, not for a connection: "as long as one connection is unlocked, all other
connections can call the transaction interface"
(https://openapi.moomoo.com/moomoo-api-doc/en/trade/unlock.html). So a connection of its own does it
and ends; the bot's never sees the password. An OpenD with a window may refuse this (unverified).
"""

import asyncio
import hashlib
from collections.abc import Mapping
from typing import Any, Final

from floorbroker.brokers.moomoo import mapping
from floorbroker.brokers.moomoo.errors import BROKER, reading
from floorbroker.brokers.moomoo.line import LOGGED_OUT, OpenDLine
from floorbroker.brokers.moomoo.refusals import Refusal
from floorbroker.brokers.shared.threads import BlockingCalls
from floorbroker.domain.errors import AuthenticationFailed, BrokerConnectionError, BrokerTimeout
from floorbroker.domain.modes import Environment

SECONDS: Final = 15.0
ANSWER_SECONDS: Final = 8.0


async def unlock(options: Mapping[str, Any], password: str) -> None:
    """Asks OpenD once to take orders with real money; nothing of `password` is kept.

    Args:
        options: The operator's, as in `BrokerContext.options`.

    Raises:
        GatewayNotRunning: Nothing listens there.
        AuthenticationFailed: OpenD refused, in its own words.
        BrokerError: It cannot be used, and why.
    """
    blocking = BlockingCalls(threads=1, waiting=1, reserve=1)
    line = OpenDLine(options, blocking)
    try:
        async with asyncio.timeout(SECONDS):
            await line.open()
            if not line.logged_in[1]:
                raise BrokerConnectionError(LOGGED_OUT, broker=BROKER)
            await _ask(line, password)
    except TimeoutError as error:
        raise BrokerTimeout(broker=BROKER, detail="unlock") from error
    finally:
        await line.close()
        blocking.close()


async def _ask(line: OpenDLine, password: str) -> None:
    with reading():
        told = await line.accounts()
        if not mapping.accounts(told, Environment.LIVE, line.firm):
            raise mapping.no_account(told, Environment.LIVE, line.firm_name)
        # OpenD takes the password as its MD5 in small letters: Trd_UnlockTrade.proto.
        digest = hashlib.md5(password.encode(), usedforsecurity=False).hexdigest()
        fields = {"unlock": True, "pwdMD5": digest, "securityFirm": line.firm}
        try:
            await line.ask("Trd_UnlockTrade", fields, ANSWER_SECONDS)
        except Refusal as refusal:
            if not refusal.proven:
                raise
            told_ = f"OpenD did not unlock trading: {refusal.message} It can be unlocked in OpenD's"
            raise AuthenticationFailed(f"{told_} own window too.", broker=BROKER) from None
