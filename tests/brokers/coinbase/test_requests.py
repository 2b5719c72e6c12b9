"""One request each, read by us: pages of proxies, answers that say nothing, noes inside a 200."""

import json
from collections.abc import Awaitable, Callable
from typing import Any, Final

import pytest

from floorbroker.brokers.coinbase.errors import Refusal
from floorbroker.brokers.shared.wire import Failure, Unreadable
from tests.brokers.coinbase.conftest import Making
from tests.brokers.shared.told_server import Said, ToldServer

HTML: Final = b"<html><head><title>502</title></head><body>cloudflare</body></html>"
ID: Final = "0b9e1c4a-5d2f-4b7e-9a3c-6f8d2e1b4a70"
ABOUT: Final = {"order_id": ID, "client_order_id": "ours", "side": "BUY"}
PLACED: Final = {"success": True, "success_response": ABOUT}
FIELDS: Final = {"client_order_id": "ours", "product_id": "BTC-USD"}


def body(told: Any) -> bytes:
    return json.dumps(told).encode()


def error(reason: str, **more: str) -> dict[str, Any]:
    return {"success": False, "error_response": {"error": reason, "message": "", **more}}


# Answers that are none


@pytest.mark.parametrize(
    "said",
    [
        Said(502, HTML),
        Said(403, HTML),
        Said(401, HTML),
        Said(302, b"", {"Location": "http://127.0.0.1:1/elsewhere"}),
        Said(500, body(PLACED)),
        Said(201, body(PLACED)),
        Said(400, body({"message": "no code"})),
        Said(400, b"[]"),
        Said(200, HTML),
        Said(200, b""),
        Said(200, b"null"),
        Said(200, b"[]"),
        Said(200, b"{}"),
        Said(200, b'{"success": true, "success_response": '),
        Said(200, body({"success": True})),
        Said(200, body({"success": False})),
        Said(200, body({"success": "true", "success_response": ABOUT})),
        Said(200, body({"success": 1, "success_response": ABOUT})),
        Said(200, body({"success_response": ABOUT})),
        Said(200, body({**PLACED, "success": False})),
        Said(200, body({**error("INSUFFICIENT_FUND"), "success": True})),
        Said(200, body({**error("INSUFFICIENT_FUND"), "success_response": ABOUT})),
        Said(200, body({"success": True, "success_response": {**ABOUT, "order_id": "../x"}})),
        Said(200, body({"success": True, "success_response": {**ABOUT, "order_id": f"{ID}\n"}})),
        Said(200, b'{"success": true, "success_response": {"order_id": NaN}}'),
        Said(200, b"\xff\xfe\x00"),
        Said(200, b"[" * 100_000),
    ],
    ids=lambda said: f"{said.status} {said.body[:30]!r}",
)
async def test_what_is_no_answer_to_an_order_is_unreadable(said: Said, client_of: Making) -> None:
    async with ToldServer(said) as server:
        with pytest.raises(Unreadable):
            await client_of(server).post_order(FIELDS, urgent=False)

        assert len(server.heard) == 1


@pytest.mark.parametrize(
    "told",
    [
        {},
        {"results": []},
        {"results": [{"success": True, "order_id": "another"}]},
        {"results": [{"success": True, "order_id": ID}, {"success": False, "order_id": ID}]},
        {"results": [{"success": "yes", "order_id": ID}]},
        {"success": True},
    ],
)
async def test_only_its_own_result_says_that_a_cancel_was_taken(
    told: Any, client_of: Making
) -> None:
    taken = {"results": [{"success": True, "failure_reason": "", "order_id": ID}]}
    async with ToldServer(Said(200, body(told)), Said(200, body(taken))) as server:
        client = client_of(server)
        with pytest.raises(Unreadable):
            await client.cancel_order(ID)
        await client.cancel_order(ID)


@pytest.mark.parametrize("told", [{}, {"errors": []}, {"success": "true"}, {"success": None}, []])
async def test_only_a_success_says_that_a_change_was_asked_for(
    told: Any, client_of: Making
) -> None:
    async with ToldServer(Said(200, body(told)), Said(200, b'{"success": true}')) as server:
        client = client_of(server)
        with pytest.raises(Unreadable):
            await client.edit_order(ID, price="1", size="1")
        await client.edit_order(ID, price="1", size="1")


@pytest.mark.parametrize(
    ("told", "reason", "proven"),
    [
        (error("INSUFFICIENT_FUND"), "INSUFFICIENT_FUND", True),
        (
            error("UNKNOWN_FAILURE_REASON", preview_failure_reason="PREVIEW_INSUFFICIENT_FUND"),
            "INSUFFICIENT_FUND",
            True,
        ),
        (
            error(
                "UNKNOWN_FAILURE_REASON",
                preview_failure_reason="UNKNOWN_PREVIEW_FAILURE_REASON",
                new_order_failure_reason="INVALID_SIDE",
            ),
            "INVALID_SIDE",
            True,
        ),
        (error("UNKNOWN_FAILURE_REASON"), "UNKNOWN_FAILURE_REASON", False),
        (error(""), "", False),
    ],
)
async def test_a_no_inside_a_200_is_one_where_it_has_a_reason(
    told: Any, reason: str, proven: bool, client_of: Making
) -> None:
    async with ToldServer(Said(200, body(told))) as server:
        with pytest.raises(Refusal) as refused:
            await client_of(server).post_order(FIELDS, urgent=False)

    assert (refused.value.reason, refused.value.proven) == (reason, proven)


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504, 520])
@pytest.mark.parametrize("method", ["place", "edit", "cancel", "preview", "read"])
async def test_no_request_is_ever_repeated(status: int, method: str, client_of: Making) -> None:
    async with ToldServer(Said(status, HTML)) as server:
        client = client_of(server)
        asking: dict[str, Callable[[], Awaitable[object]]] = {
            "place": lambda: client.post_order(FIELDS, urgent=False),
            "edit": lambda: client.edit_order(ID, price="1", size="1"),
            "cancel": lambda: client.cancel_order(ID),
            "preview": lambda: client.preview_order({}),
            "read": client.get_accounts,
        }
        with pytest.raises(Failure):
            await asking[method]()

        assert len(server.heard) == 1
