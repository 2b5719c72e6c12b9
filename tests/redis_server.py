"""A real Redis for tests of what replicas share, on a loopback port of its own; nothing is kept.

A fixture module: `tests/conftest.py` brings in `redis_server`. Where redis-server is not installed
its tests are skipped. Debian's package of that name has it.
"""

import select
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import pytest

PROGRAM: Final = "redis-server"
MISSING: Final = "redis-server is not installed (Debian: apt-get install redis-server)."
_START_SECONDS: Final = 20
_STOP_SECONDS: Final = 10
_STARTS: Final = 5
"""A free port may be taken by somebody else before Redis has it."""


class RedisServer:
    """Redis on a loopback port that it keeps: it may be stopped, and started again empty."""

    def __init__(self, folder: str) -> None:
        """Not running yet; `folder` is its working directory, in which it writes nothing."""
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        self.port = free_port()

    @property
    def url(self) -> str:
        """For REDIS_URL."""
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """Returns when it takes connections, within a bounded time; empty.

        Raises:
            RuntimeError: It did not start.
        """
        assert self._process is None
        self._process = subprocess.Popen(
            [
                *(PROGRAM, "--port", str(self.port), "--bind", "127.0.0.1", "--dir", self._folder),
                *("--save", "", "--appendonly", "no", "--daemonize", "no"),
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        if not self._ready():
            self.stop()
            raise RuntimeError(f"{PROGRAM} did not start.")

    def stop(self) -> None:
        """Ends it at once, as a fall of the machine would; a second time changes nothing."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()  # it ends a process that is suspended, too
            process.communicate(timeout=_STOP_SECONDS)

    def suspend(self) -> None:
        """From now on it answers nothing, and its connections stay open."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        """It goes on where it was suspended."""
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)

    def _ready(self) -> bool:
        assert self._process is not None
        assert self._process.stdout is not None
        end, heard = time.monotonic() + _START_SECONDS, b""
        while (left := end - time.monotonic()) > 0:
            if not select.select([self._process.stdout], [], [], left)[0]:
                return False
            read = self._process.stdout.read1()  # type: ignore[attr-defined]  # typed as IO
            if not read:
                return False  # it has ended
            heard += read
            if b"Ready to accept connections" in heard:
                return True
        return False


@contextmanager
def running_redis() -> Iterator[RedisServer]:
    """A Redis that runs until the block is left.

    Skips the test where redis-server is not installed.
    """
    if shutil.which(PROGRAM) is None:
        pytest.skip(MISSING)
    with tempfile.TemporaryDirectory(prefix="redis-") as folder:
        server = _started(folder)
        try:
            yield server
        finally:
            server.stop()


@pytest.fixture
def redis_server() -> Iterator[RedisServer]:
    """A Redis of the test's own, empty."""
    with running_redis() as server:
        yield server


def _started(folder: str) -> RedisServer:
    for _ in range(_STARTS):
        server = RedisServer(folder)
        try:
            server.start()
        except RuntimeError:
            continue
        return server
    raise RuntimeError(f"{PROGRAM} did not start on any of {_STARTS} ports.")


def free_port() -> int:
    """One that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
