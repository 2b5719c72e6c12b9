"""Forks a child for each job from a process that has imported everything, and kills it.

Run as a program with `module:function`. Each line on its standard input is a job: `work` is handed
to the function in the child, together with what tells that it is ready. `kill_after` seconds later
the child is killed (from its fork on where `from_fork` is set); without it, it runs to its end.
The answer says how it ended, and after how many seconds it was ready and gone.
"""

import importlib
import json
import os
import select
import signal
import sys
import time
import traceback
from collections.abc import Callable, Mapping
from typing import Any, Final, NoReturn

# Heavy, and needed by every child: an import takes longer than a child lives.
import floorbroker.brokers.alpaca.adapter
import floorbroker.brokers.binance.adapter
import floorbroker.brokers.binance.client
import floorbroker.bootstrap.parts  # noqa: F401

_LONGEST_SECONDS: Final = 60.0

Ready = Callable[[], None]
Role = Callable[[Mapping[str, Any], Ready], None]


def _child(role: Role, work: Mapping[str, Any], pipe: int) -> NoReturn:
    code = 1
    # What the product logs must not come between the answers.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    try:
        role(work, lambda: os.write(pipe, b".") and None)
        code = 0
    except BaseException:  # noqa: BLE001  # its end is its exit status, and the reason is told
        traceback.print_exc()
    finally:
        os._exit(code)


def _awaited(pipe: int, seconds: float) -> bool:
    """Whether the child said that it is ready, and has not ended before."""
    ready, _, _ = select.select([pipe], [], [], seconds)
    return bool(ready) and os.read(pipe, 1) == b"."


def _lived(role: Role, job: Mapping[str, Any]) -> dict[str, Any]:
    reading, writing = os.pipe()
    begin = time.perf_counter()
    pid = os.fork()
    if pid == 0:
        os.close(reading)
        _child(role, job["work"], writing)
    os.close(writing)
    kill_after = job.get("kill_after")
    ready_at = None
    if not job.get("from_fork") and _awaited(reading, _LONGEST_SECONDS):
        ready_at = time.perf_counter() - begin
    if kill_after is not None:
        time.sleep(kill_after)
        os.kill(pid, signal.SIGKILL)
    _, status = os.waitpid(pid, 0)
    os.close(reading)
    return {
        "exit": os.waitstatus_to_exitcode(status),
        "ready": ready_at,
        "gone": time.perf_counter() - begin,
    }


def main() -> None:
    """Serves jobs until its input ends."""
    module, _, name = sys.argv[1].partition(":")
    role: Role = getattr(importlib.import_module(module), name)
    sys.stdout.write("0\n")
    sys.stdout.flush()
    for line in sys.stdin:
        answer = json.dumps(_lived(role, json.loads(line)))
        sys.stdout.write(f"{answer}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
