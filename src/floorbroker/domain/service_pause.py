"""What the bot's operators keep people from opening positions with."""

from dataclasses import dataclass

from floorbroker.domain.ids import BrokerId


@dataclass(frozen=True, slots=True, kw_only=True)
class ServicePause:
    """The operators' pause of everybody, and of everybody at some brokers.

    Those of one server and of one person are in `ServerPolicy` and `Person`.

    Attributes:
        version: Counts every stored change.
    """

    everybody: bool = False
    brokers: frozenset[BrokerId] = frozenset()
    version: int = 0

    def holds_at(self, broker: BrokerId | None) -> bool:
        """Whether nothing may be opened at that broker; None asks for all of them at once."""
        return self.everybody or broker in self.brokers
