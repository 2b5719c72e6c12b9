"""A store that fails when a test says so, before or after the engine has done its work."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from floorbroker.domain.errors import StoreUnavailable
from floorbroker.storage.documents import Document, Documents, Index, Where

Hook = Callable[[], Awaitable[object]]


@dataclass(slots=True)
class Failure:
    """One kind of call that fails.

    Attributes:
        skip: How many calls of that kind still work.
        times: How many fail after that.
        done: The engine does its work, and only the answer is lost.
    """

    operation: str
    collection: str
    skip: int
    times: int
    done: bool


class FlakyDocuments:
    """See `floorbroker.storage.documents.Documents`.

    Attributes:
        calls: Operation and collection of every call, oldest first.
        before: By operation and collection: awaited once before the next such call, which is
            where a test lets somebody else be faster.
    """

    def __init__(self, engine: Documents) -> None:
        """Works like `engine` until told otherwise."""
        self._engine = engine
        self._failures: list[Failure] = []
        self.calls: list[tuple[str, str]] = []
        self.before: dict[tuple[str, str], Hook] = {}

    def fail(
        self,
        operation: str,
        collection: str,
        *,
        skip: int = 0,
        times: int = 1_000_000,
        done: bool = False,
    ) -> None:
        """Lets calls of that kind fail."""
        self._failures.append(Failure(operation, collection, skip, times, done))

    def recover(self) -> None:
        """Everything works again."""
        self._failures.clear()

    async def start(self, indexes: Sequence[Index]) -> None:
        """See the port."""
        await self._engine.start(indexes)

    async def close(self) -> None:
        """See the port."""
        await self._engine.close()

    async def ping(self) -> None:
        """See the port; not among the calls, since whoever looks may do so at any time."""
        if any(failure.operation == "ping" for failure in self._failures):
            raise StoreUnavailable(detail="made to fail")
        await self._engine.ping()

    async def insert(self, collection: str, document: Document) -> None:
        """See the port."""
        lost = await self._called("insert", collection)
        await self._engine.insert(collection, document)
        _answer(lost)

    async def get(self, collection: str, document_id: str) -> Document | None:
        """See the port."""
        lost = await self._called("get", collection)
        found = await self._engine.get(collection, document_id)
        _answer(lost)
        return found

    async def find(
        self, collection: str, where: Where, *, order: tuple[str, int] | None = None, limit: int
    ) -> list[Document]:
        """See the port."""
        lost = await self._called("find", collection)
        found = await self._engine.find(collection, where, order=order, limit=limit)
        _answer(lost)
        return found

    async def count(self, collection: str, where: Where, *, limit: int) -> int:
        """See the port."""
        lost = await self._called("count", collection)
        number = await self._engine.count(collection, where, limit=limit)
        _answer(lost)
        return number

    async def replace(self, collection: str, document: Document, *, where: Where) -> bool:
        """See the port."""
        lost = await self._called("replace", collection)
        replaced = await self._engine.replace(collection, document, where=where)
        _answer(lost)
        return replaced

    async def upsert(self, collection: str, document: Document) -> None:
        """See the port."""
        lost = await self._called("upsert", collection)
        await self._engine.upsert(collection, document)
        _answer(lost)

    async def increment(self, collection: str, document_id: str, field: str, by: int = 1) -> int:
        """See the port."""
        lost = await self._called("increment", collection)
        number = await self._engine.increment(collection, document_id, field, by)
        _answer(lost)
        return number

    async def delete(self, collection: str, where: Where) -> int:
        """See the port."""
        lost = await self._called("delete", collection)
        number = await self._engine.delete(collection, where)
        _answer(lost)
        return number

    async def _called(self, operation: str, collection: str) -> bool:
        """Whether the answer is to be lost once the work is done."""
        self.calls.append((operation, collection))
        hook = self.before.pop((operation, collection), None)
        if hook is not None:
            await hook()
        for failure in self._failures:
            if (failure.operation, failure.collection) != (operation, collection):
                continue
            if failure.skip:
                failure.skip -= 1
            elif failure.times:
                failure.times -= 1
                if failure.done:
                    return True
                raise StoreUnavailable(detail="made to fail")
        return False


def _answer(lost: bool) -> None:
    if lost:
        raise StoreUnavailable(detail="answer lost")
