"""Pictures drawn in a process of their own: not a moment of it on the event loop.

Drawing holds Python's lock for tenths of a second and matplotlib weighs as much as the rest of the
bot, so neither belongs into the process that trades. The other process is started for the first
picture, knows none of the bot's settings, and is replaced after some hundreds.
"""

import asyncio
import hashlib
import pickle
import sys
from asyncio.subprocess import PIPE, Process
from collections import OrderedDict
from contextlib import suppress
from tempfile import TemporaryDirectory
from typing import Final

import structlog

from floorbroker.charts.drawing_process import LENGTH_BYTES
from floorbroker.charts.picture import Drawing, Picture, PictureFailed
from floorbroker.config import passed_on

AT_ONCE: Final = 8
"""Pictures that are being drawn or wait for it; who comes then gets none."""

KEPT: Final = 64
"""Pictures that are kept, by what they show."""

_A_PROCESS_DRAWS: Final = 500
_DRAW_SECONDS: Final = 20.0
_log = structlog.get_logger(__name__)


class Studio:
    """Draws one picture after the other, and remembers the last ones."""

    def __init__(
        self, *, draw_seconds: float = _DRAW_SECONDS, a_process_draws: int = _A_PROCESS_DRAWS
    ) -> None:
        """No process is started yet; one is replaced after `a_process_draws` pictures."""
        self._draw_seconds = draw_seconds
        self._a_process_draws = a_process_draws
        self._kept: OrderedDict[bytes, bytes] = OrderedDict()
        self._drawing: dict[bytes, asyncio.Task[bytes]] = {}
        self._turn = asyncio.Lock()
        self._process: Process | None = None
        self._drawn_by_it = 0
        self._folder: TemporaryDirectory[str] | None = None

    async def picture(self, drawing: Drawing) -> Picture:
        """The picture; the same one is drawn once, however many ask for it.

        Raises:
            PictureFailed: There is none, because too many wait or it cannot be drawn.
        """
        packed = pickle.dumps(drawing)
        key = hashlib.sha256(packed).digest()
        if key in self._kept:
            self._kept.move_to_end(key)
            return Picture(name=drawing.name, alt=drawing.alt, png=self._kept[key])
        under_way = self._drawing.get(key)
        if under_way is None:
            if len(self._drawing) >= AT_ONCE:
                raise PictureFailed("Too many pictures wait.")
            under_way = asyncio.ensure_future(self._drawn(packed))
            self._drawing[key] = under_way
            under_way.add_done_callback(lambda done: self._keep(key, done))
        # Whoever gives up must not take the picture from the others.
        png = await asyncio.shield(under_way)
        return Picture(name=drawing.name, alt=drawing.alt, png=png)

    async def aclose(self) -> None:
        """Ends the other process."""
        under_way = list(self._drawing.values())
        for drawing in under_way:
            drawing.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)
        await self._end()
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None

    async def _drawn(self, packed: bytes) -> bytes:
        async with self._turn:
            try:
                async with asyncio.timeout(self._draw_seconds):
                    png = await self._asked(packed)
            except (TimeoutError, OSError, asyncio.IncompleteReadError) as error:
                await self._end()
                _log.warning("picture_process_lost", error=type(error).__name__)
                raise PictureFailed("The picture was not drawn in time.") from error
            except asyncio.CancelledError:
                await self._end()  # half a question is under way
                raise
        if not png:
            raise PictureFailed("The picture could not be drawn.")
        return png

    async def _asked(self, packed: bytes) -> bytes:
        if self._process is not None and self._drawn_by_it >= self._a_process_draws:
            await self._end()
        process = self._process or await self._start()
        if process.stdin is None or process.stdout is None:
            raise ConnectionError("no pipes")
        self._drawn_by_it += 1
        process.stdin.write(len(packed).to_bytes(LENGTH_BYTES, "big") + packed)
        await process.stdin.drain()
        length = int.from_bytes(await process.stdout.readexactly(LENGTH_BYTES), "big")
        return await process.stdout.readexactly(length)

    async def _start(self) -> Process:
        if self._folder is None:
            self._folder = TemporaryDirectory(prefix="floorbroker-charts-")
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "floorbroker.charts.drawing_process",
            stdin=PIPE, stdout=PIPE,
            env={**passed_on(), "MPLCONFIGDIR": self._folder.name},
        )  # fmt: skip
        self._drawn_by_it = 0
        return self._process

    async def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        with suppress(ProcessLookupError):
            process.kill()
        await process.communicate()

    def _keep(self, key: bytes, done: "asyncio.Task[bytes]") -> None:
        del self._drawing[key]
        if done.cancelled() or done.exception() is not None:
            return
        self._kept[key] = done.result()
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)
