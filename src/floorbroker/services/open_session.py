"""What is held of one link while its adapter is open."""

import asyncio
from datetime import datetime

from floorbroker.brokers.context import Tokens
from floorbroker.brokers.port import BrokerAdapter
from floorbroker.domain.people import Link
from floorbroker.domain.portfolio import BrokerAccount


class OpenSession:
    """An open adapter, or the one attempt to open it that everybody waits for."""

    __slots__ = (
        "accounts",
        "adapter",
        "in_use",
        "last_used",
        "link",
        "listener",
        "opening",
        "over",
        "tokens",
    )

    def __init__(self, link: Link, now: datetime) -> None:
        """`link` is as it was when this began."""
        self.link = link
        self.accounts: tuple[BrokerAccount, ...] | None = None
        self.adapter: BrokerAdapter | None = None
        self.tokens: Tokens | None = None
        self.over = asyncio.Event()
        self.listener: asyncio.Task[None] | None = None
        self.opening = asyncio.Lock()
        self.in_use = 0
        self.last_used = now

    def older_than(self, link: Link) -> bool:
        """Whether it was opened with a credential that `link` has replaced, in any process."""
        if link.linked_at is None:
            return False
        return self.link.linked_at is None or self.link.linked_at < link.linked_at
