"""What has to hold of every answer, whatever a person typed."""

import re
from typing import Final

from floorbroker.domain.instruments import parse_symbol
from floorbroker.domain.order_state import OrderState
from tests.e2e.people import Seen
from tests.e2e.world import World

ORDER_CALLS: Final = ("place_order", "cancel_order", "modify_order")
_OWN_TIME: Final = re.compile(r"<t:\d{10}:[FRt]>")
_LIVE_MARKUP: Final = re.compile(r"@everyone|@here|<[@#/:t]|(?<!\\)```|\]\(http")
_LEAK: Final = re.compile(r"Traceback|File \"|\bError\b|Exception|0x[0-9a-f]{6,}|NoneType")
_FORM: Final = 9
"""The answer to an interaction that shows one; only whoever asked sees it."""


def assert_harmless(card: Seen, what: object, *, public: bool = False) -> None:
    """A card of ours, private, that pings nobody, shows no inside and stays within bounds.

    `public` says that it was meant for everybody.
    """
    assert card.private or public, what
    assert card.text, what
    assert _LIVE_MARKUP.search(_OWN_TIME.sub("", card.raw)) is None, (what, card.raw)
    assert _LEAK.search(card.raw) is None, (what, card.raw)
    assert len(card.raw) <= 4_000, what
    assert "Code UNKNOWN" not in card.text, (what, card.text)


def assert_no_pings(world: World) -> None:
    """Discord was told, beside every text but a form's, to notify nobody."""
    bodies = [one.json for one in world.env.http_requests if isinstance(one.json, dict)]
    sent = [body.get("data", body) for body in bodies if body.get("type") != _FORM]
    with_text = [body for body in sent if isinstance(body, dict) and body.get("components")]
    assert with_text
    assert all(body.get("allowed_mentions", {}).get("parse") == [] for body in with_text)


async def assert_only_what_is_valid_got_through(world: World) -> None:
    """Every draft is one that a broker could take, and nothing reached the broker."""
    for order in await world.orders(world.alice):
        request = order.request
        assert order.state is OrderState.DRAFT
        assert parse_symbol(request.instrument.symbol) == request.instrument.symbol
        size = request.quantity if request.quantity is not None else request.notional
        assert size is not None
        assert size.is_finite()
        assert size > 0
    assert not set(ORDER_CALLS) & set(world.broker.operations)
