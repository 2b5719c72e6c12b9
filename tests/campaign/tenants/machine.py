"""What the models of two tenants share: a loop, a folder, and a count of the steps."""

import asyncio
from collections.abc import Coroutine
from contextlib import ExitStack
from typing import Any, ClassVar, TypeVar

from hypothesis.stateful import RuleBasedStateMachine, invariant

from tests.left_behind import folder

_T = TypeVar("_T")


class Machine(RuleBasedStateMachine):
    """Every rule is one step of one person.

    Attributes:
        steps: How many there were, of every model in this process.
    """

    steps: ClassVar[int] = 0

    def __init__(self) -> None:
        """With a folder and a loop of its own."""
        super().__init__()
        self._stack = ExitStack()
        self.place = self._stack.enter_context(folder("tenants"))
        self._runner = self._stack.enter_context(asyncio.Runner())

    def run(self, work: Coroutine[Any, Any, _T]) -> _T:
        """Does it to its end."""
        return self._runner.run(work)

    @invariant()
    def counted(self) -> None:
        """Not a promise: it is called after each step."""
        Machine.steps += 1

    def teardown(self) -> None:
        """Lets go of the loop and the folder."""
        self._stack.close()
