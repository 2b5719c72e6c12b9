"""A person who links an account at the scripted exchange that asks for keys."""

from pathlib import Path
from typing import Any, Final

from floorbroker.cli.link import Asked, connect
from floorbroker.domain.ids import AccountId
from floorbroker.domain.people import Link
from floorbroker.domain.portfolio import BrokerAccount
from tests.cli.at_home import CANARY
from tests.floor import ANNA, House

KEY: Final = "AK-TYPED-BY-ANNA"
KEYS: Final = (KEY, CANARY)
FIRST: Final = BrokerAccount(account_id=AccountId("X-1"), number="ACC0001234", name="Cash")
SECOND: Final = BrokerAccount(account_id=AccountId("X-2"), number="ACC0005678")


class Typed:
    """A person whose answers are known before."""

    tries = 3

    def __init__(self, *answers: str) -> None:
        self.answers = list(answers)
        self.seen: list[str] = []
        self.hidden: list[str] = []

    def plain(self, question: str) -> str:
        self.seen.append(question)
        return self.answers.pop(0)

    def secret(self, question: str) -> str:
        self.hidden.append(question)
        return self.answers.pop(0)

    def complete(self) -> None:
        """A person answers what is asked."""


async def connected(house: House, *answers: str, **asked: Any) -> Link:
    done = await connect(house, ANNA, Asked(broker="alpaca", **asked), Typed(*(answers or KEYS)))
    return done.link


def everything_in(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.iterdir())


async def links(house: House) -> list[Link]:
    return list(await house.stored_people.links(ANNA))
