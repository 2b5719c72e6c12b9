"""Every request comes through here: written down, let go wrong, carried out, answered."""

import hashlib
from collections import Counter
from collections.abc import Callable
from typing import Any, Final

from tests.simulators.opend import wire
from tests.simulators.opend.asking import Answer, Asked, Handler, Received, Refusal
from tests.simulators.opend.connection import Connection
from tests.simulators.opend.faults import Error, Fault, Trouble

_CANCEL: Final = 2
_RUBBISH: Final = b"\xff\xff\xff not a message"


class Gate:
    """Between the wire and what answers.

    Attributes:
        received: Every request that arrived whole, in order.
        troubles: What goes wrong; the first that fits strikes.
        handlers: By the name of the messages.
        guards: Asked before a request is carried out; they refuse.
        crashes: What failed in the simulator itself.
    """

    def __init__(self) -> None:
        """Nothing has come yet."""
        self.received: list[Received] = []
        self.troubles: list[Trouble] = []
        self.handlers: dict[str, Handler] = {}
        self.guards: list[Callable[[str, str, Asked], None]] = []
        self.crashes: list[Exception] = []

    def count(self, kind: str) -> int:
        """Requests of a kind so far."""
        return Counter(one.kind for one in self.received)[kind]

    def take(self, connection: Connection, head: wire.Head, raw: bytes) -> None:
        """One packet.

        Raises:
            BadPacket: Its hash is of something else.
        """
        seal = connection.seal
        body = raw if seal is None else seal.open(head.proto_id, raw)
        if hashlib.sha1(body).digest() != head.digest:
            raise wire.BadPacket(raw)
        request = wire.read_request(head.proto_id, body)
        name = wire.NAMES.get(head.proto_id, str(head.proto_id))
        kind = kind_of(name, request)
        self.received.append(Received(head.proto_id, name, kind, request))
        trouble = next((one for one in self.troubles if one.takes(kind, name)), None)
        if trouble is not None:
            trouble.strike()
        if trouble is not None and not trouble.carries_out:
            self._misbehave(connection, head, trouble, b"")
            return
        asked = Asked(head.proto_id, connection, getattr(request, "c2s", None))
        answer, then = self._carry_out(name, kind, asked)
        if trouble is None:
            connection.send(head.proto_id, head.serial, answer)
        else:
            self._misbehave(connection, head, trouble, answer)
        if then is not None:
            then()

    def _carry_out(
        self, name: str, kind: str, asked: Asked
    ) -> tuple[bytes, Callable[[], None] | None]:
        handler = self.handlers.get(name)
        try:
            if handler is None or asked.c2s is None:
                raise Refusal("Unknown protocol ID")
            if asked.connection.id == 0 and kind != "connect":
                raise Refusal("Please call InitConnect first")  # unverified
            for guard in self.guards:
                guard(name, kind, asked)
            answer: Answer = handler(asked)
            return wire.response(asked.proto_id, answer.s2c), answer.then
        except Refusal as no:
            return wire.error(no.ret_type, no.err_code, no.text), None
        except Exception as error:  # noqa: BLE001 - told by the simulator when it ends
            self.crashes.append(error)
            return wire.error(-1, 0, f"the simulator itself failed: {error!r}"), None

    def _misbehave(
        self, connection: Connection, head: wire.Head, trouble: Trouble, answer: bytes
    ) -> None:
        fault = trouble.fault
        if isinstance(fault, Error):
            body = wire.error(fault.ret_type, fault.err_code, fault.text)
            connection.send(head.proto_id, head.serial, body)
        elif fault in {Fault.DROP_BEFORE, Fault.DROP_AFTER}:
            connection.abort()
        elif fault is Fault.LATE:
            trouble.hold(lambda: connection.send(head.proto_id, head.serial, answer))
        elif fault is Fault.RUBBISH:
            connection.send(head.proto_id, head.serial, _RUBBISH)
        elif fault is Fault.BAD_HASH:
            connection.send(head.proto_id, head.serial, answer, broken=True)


def kind_of(name: str, request: Any) -> str:
    """What a request is, for counting and for faults."""
    if name == "Trd_ModifyOrder":
        return "cancel" if request.c2s.modifyOrderOp == _CANCEL else "change"
    return {
        "InitConnect": "connect",
        "KeepAlive": "alive",
        "Trd_PlaceOrder": "order",
        "Trd_UnlockTrade": "unlock",
    }.get(name, "read")
