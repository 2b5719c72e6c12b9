"""What a store's engine can meet, and when."""

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from random import Random
from typing import Final

from floorbroker.storage.documents import Documents
from tests.fakes.flaky_documents import FlakyDocuments

CHECKS: Final = (("get", "links"), ("get", "users"), ("get", "switches"), ("count", "orders"))
WRITE: Final = ("replace", "orders")
INTENT: Final = "before the intent"
OUTCOME: Final = "after the answer"
CHECK: Final = "at a check"
AUDIT: Final = "after the outcome"
PLACE_MOMENTS: Final = (CHECK, INTENT, INTENT, OUTCOME, OUTCOME, AUDIT)
CANCEL_MOMENTS: Final = (INTENT, OUTCOME)


class Outages(ABC):
    """An engine, and what can befall it."""

    @abstractmethod
    @asynccontextmanager
    async def open(self, folder: Path) -> AsyncIterator[Documents]:
        """The engine, empty."""
        yield NotImplemented

    @abstractmethod
    def choose(self, chance: Random) -> str:
        """The outage that `strike` begins."""

    @abstractmethod
    async def strike(self) -> None:
        """It begins."""

    @abstractmethod
    async def lift(self) -> None:
        """It is over, if it ever began."""

    def figures(self) -> Mapping[str, int]:
        """What else is worth telling."""
        return {}

    def broken(self) -> list[str]:
        """What the engine itself says at the end; nothing, if all is well."""
        return []


def arm(store: FlakyDocuments, outages: Outages, moment: str, chance: Random) -> None:
    """Lets the chosen outage begin at a moment of the next request about an order."""

    async def let_the_intent_through() -> None:
        store.before[WRITE] = outages.strike

    if moment == CHECK:
        store.before[chance.choice(CHECKS)] = outages.strike
    elif moment == INTENT:
        store.before[WRITE] = outages.strike
    elif moment == OUTCOME:
        store.before[WRITE] = let_the_intent_through
    else:
        store.before["insert", "audit"] = outages.strike
