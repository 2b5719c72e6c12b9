"""A way to operators that writes down what it was given."""

import asyncio
from collections.abc import Awaitable, Callable

from floorbroker.domain.alert_state import Step
from floorbroker.services.alerting import AlertNotice


class RecordingOps:
    """See `OpsMessenger` of `floorbroker.services.alerting`.

    Attributes:
        told: Every message that was sent, oldest first.
        edited: Every edit, with the message that it was made to.
        open: Whether Discord takes messages.
        has_channel: See the port.
        before: Awaited once before the next message is sent.
    """

    def __init__(self) -> None:
        """Every way is open."""
        self.told: list[AlertNotice] = []
        self.edited: list[tuple[Step, str]] = []
        self.open = True
        self.has_channel = True
        self.before: Callable[[], Awaitable[object]] | None = None

    async def tell(self, notice: AlertNotice, before: str) -> str | None:
        """See the port."""
        await asyncio.sleep(0)
        if self.before is not None:
            hook, self.before = self.before, None
            await hook()
        if not self.open:
            return None
        if before:
            self.edited.append((notice.step, before))
        self.told.append(notice)
        return str(len(self.told))

    async def bring_up_to_date(self, notice: AlertNotice, message: str) -> None:
        """See the port."""
        if self.open:
            self.edited.append((notice.step, message))

    @property
    def steps(self) -> list[Step]:
        """What was sent, in short."""
        return [one.step for one in self.told]
