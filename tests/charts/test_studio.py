"""The process that draws, and what becomes of it."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio

from floorbroker.charts.picture import PictureFailed
from floorbroker.charts.studio import AT_ONCE, Studio
from tests.charts.drawings import allocation


@dataclass(frozen=True)
class Scripted:
    """A drawing that does as it is told, in the other process."""

    told: str
    number: int = 0
    name: str = "scripted.png"
    alt: str = "Nothing to see."

    def png(self) -> bytes:
        if self.told == "fail":
            raise ValueError("told to")
        if self.told == "die":
            os.kill(os.getpid(), signal.SIGKILL)
        if self.told == "hang":
            signal.pause()
        if self.told == "environment":
            return "\n".join(sorted(os.environ)).encode()
        return str(os.getpid()).encode()


@pytest_asyncio.fixture
async def studio() -> AsyncIterator[Studio]:
    studio = Studio()
    yield studio
    await studio.aclose()


async def _pid(studio: Studio, number: int) -> int:
    return int((await studio.picture(Scripted("pid", number))).png)


async def test_a_picture_is_drawn_in_another_process(studio: Studio) -> None:
    picture = await studio.picture(allocation())

    assert picture.png.startswith(b"\x89PNG")
    assert (picture.name, picture.alt) == (allocation().name, allocation().alt)
    assert await _pid(studio, 1) == await _pid(studio, 2) != os.getpid()


async def test_the_same_picture_is_drawn_once_however_many_ask(studio: Studio) -> None:
    pictures = await asyncio.gather(*(studio.picture(Scripted("pid")) for _ in range(20)))
    await studio.aclose()  # another process would give another number

    assert {picture.png for picture in [*pictures, await studio.picture(Scripted("pid"))]} == {
        pictures[0].png
    }


async def test_the_other_process_knows_no_settings(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", "a secret")

    names = (await studio.picture(Scripted("environment"))).png.decode().split()

    assert "MPLCONFIGDIR" in names
    assert "DISCORD_TOKEN" not in names


@pytest.mark.parametrize("told", ["fail", "die"])
async def test_after_a_picture_that_failed_the_next_is_drawn(studio: Studio, told: str) -> None:
    with pytest.raises(PictureFailed):
        await studio.picture(Scripted(told))

    assert await _pid(studio, 1)


async def test_a_drawing_that_hangs_is_given_up_with_its_process() -> None:
    studio = Studio(draw_seconds=3)
    before = await _pid(studio, 1)
    impatient = Studio(draw_seconds=0.2)

    with pytest.raises(PictureFailed, match="in time"):
        await impatient.picture(Scripted("hang"))

    assert impatient._process is None
    await asyncio.gather(studio.aclose(), impatient.aclose())
    with pytest.raises(ProcessLookupError):
        os.kill(before, 0)


async def test_whoever_comes_when_too_many_wait_gets_no_picture(studio: Studio) -> None:
    waiting = [
        asyncio.ensure_future(studio.picture(Scripted("pid", number))) for number in range(AT_ONCE)
    ]
    await asyncio.sleep(0)

    with pytest.raises(PictureFailed, match="Too many"):
        await studio.picture(Scripted("pid", AT_ONCE))

    assert len({(await one).png for one in waiting}) == 1


async def test_whoever_gives_up_does_not_take_the_picture_from_the_others(studio: Studio) -> None:
    impatient = asyncio.ensure_future(studio.picture(Scripted("pid")))
    patient = asyncio.ensure_future(studio.picture(Scripted("pid")))
    await asyncio.sleep(0)

    impatient.cancel()

    assert (await patient).png
    assert impatient.cancelled()


async def test_a_process_is_replaced_after_so_many_pictures() -> None:
    studio = Studio(a_process_draws=2)

    pids = [await _pid(studio, number) for number in range(5)]

    assert pids[0] == pids[1] != pids[2] == pids[3] != pids[4]
    await studio.aclose()


async def test_nothing_is_left_behind(studio: Studio) -> None:
    pid = await _pid(studio, 1)
    assert studio._folder is not None
    folder = Path(studio._folder.name)
    assert _is_there(folder)

    await studio.aclose()

    assert not _is_there(folder)
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def _is_there(folder: Path) -> bool:
    return folder.is_dir()
