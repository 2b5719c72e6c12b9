"""OpenD's packets: 44 bytes of head, then a protobuf message.

The layout is that of `APIProtoHeader` in the SDK's `common/constant.py`; the hash is of the body
before it is encrypted (`_joint_head` and `decrypt_rsp_body` in `common/utils.py`).
"""

import hashlib
import struct
from dataclasses import dataclass
from typing import Any, Final

from tests.simulators.opend.vendor import messages

HEAD: Final = struct.Struct("<2sIBBII20s8s")

NAMES: Final = {
    1001: "InitConnect",
    1002: "GetGlobalState",
    1003: "Notify",
    1004: "KeepAlive",
    2001: "Trd_GetAccList",
    2005: "Trd_UnlockTrade",
    2008: "Trd_SubAccPush",
    2101: "Trd_GetFunds",
    2102: "Trd_GetPositionList",
    2111: "Trd_GetMaxTrdQtys",
    2201: "Trd_GetOrderList",
    2202: "Trd_PlaceOrder",
    2205: "Trd_ModifyOrder",
    2208: "Trd_UpdateOrder",
    2211: "Trd_GetOrderFillList",
    2218: "Trd_UpdateOrderFill",
    2221: "Trd_GetHistoryOrderList",
    2222: "Trd_GetHistoryOrderFillList",
    2225: "Trd_GetOrderFee",
    3001: "Qot_Sub",
    3003: "Qot_GetSubInfo",
    3004: "Qot_GetBasicQot",
    3005: "Qot_UpdateBasicQot",
    3012: "Qot_GetOrderBook",
    3013: "Qot_UpdateOrderBook",
    3103: "Qot_RequestHistoryKL",
    3202: "Qot_GetStaticInfo",
    3203: "Qot_GetSecuritySnapshot",
    3209: "Qot_GetOptionChain",
    3219: "Qot_RequestTradeDate",
    3223: "Qot_GetMarketState",
    3224: "Qot_GetOptionExpirationDate",
}
"""Protocol numbers and the modules of their messages (`ProtoId` in `common/constant.py`)."""

NUMBERS: Final = {name: number for number, name in NAMES.items()}

ANY_RESPONSE: Final = "InitConnect"
"""`retType`, `retMsg` and `errCode` have the same numbers in every Response."""


class BadPacket(Exception):
    """Bytes that are no packet of OpenD's."""


@dataclass(frozen=True, slots=True)
class Head:
    """What stands before a body."""

    proto_id: int
    serial: int
    length: int
    digest: bytes


def read_head(raw: bytes) -> Head:
    """The 44 bytes.

    Raises:
        BadPacket: They do not begin with FT, or the body is not protobuf.
    """
    mark, proto_id, kind, _, serial, length, digest, _ = HEAD.unpack(raw)
    if mark != b"FT" or kind != 0:
        raise BadPacket(raw)
    return Head(proto_id, serial, length, digest)


def pack(proto_id: int, serial: int, body: bytes, *, sealed: bytes | None = None) -> bytes:
    """A packet; `sealed` goes in the place of the body that is hashed."""
    sent = body if sealed is None else sealed
    digest = hashlib.sha1(body).digest()
    return HEAD.pack(b"FT", proto_id, 0, 0, serial, len(sent), digest, bytes(8)) + sent


def read_request(proto_id: int, body: bytes) -> Any:
    """The `Request` message; None where OpenD does not know the number."""
    name = NAMES.get(proto_id)
    if name is None or not hasattr(messages(name), "Request"):
        return None
    request = messages(name).Request()
    request.ParseFromString(body)
    return request


def response(proto_id: int, s2c: Any = None) -> bytes:
    """A `Response` that says that all is well."""
    answer = messages(NAMES[proto_id]).Response(retType=0, retMsg="", errCode=0)
    if s2c is None:
        answer.s2c.SetInParent()
    else:
        answer.s2c.CopyFrom(s2c)
    return bytes(answer.SerializeToString())


def error(ret_type: int, err_code: int, text: str) -> bytes:
    """A `Response` of any kind that says that it is not."""
    made = messages(ANY_RESPONSE).Response(retType=ret_type, retMsg=text, errCode=err_code)
    return bytes(made.SerializeToString())
