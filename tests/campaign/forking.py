"""Forks a child for each job from a process that has imported everything, and kills it.

Run as a program with `module:function`. Each line on its standard input is one of

* `{"work": …, "kill_after": seconds, "from_fork": bool}`: the function gets `work` in the child,
  together with what tells that it is ready; so many seconds after that (or after the fork) it is
  killed, and without a time it runs to its end. The answer says how it ended, and after how many
  seconds it was ready and gone.
* `{"work": …, "stay": true}`: the answer comes when it is ready, and says its `pid`.
* `{"kill": pid}`: ends one that stayed.

Whoever stays is killed when the input ends.
"""

import gc
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

_LONGEST_SECONDS: Final = 60.0

Ready = Callable[[], None]
Role = Callable[[Mapping[str, Any], Ready], None]


def _tell(pipe: int) -> None:
    os.write(pipe, b".")


def _child(role: Role, work: Mapping[str, Any], pipe: int) -> NoReturn:
    code = 1
    # What the product logs must not come between the answers.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    try:
        role(work, lambda: _tell(pipe))
        code = 0
    except BaseException:  # noqa: BLE001  # its end is its exit status, and the reason is told
        traceback.print_exc()
    finally:
        os._exit(code)


def _awaited(pipe: int, seconds: float) -> bool:
    """Whether the child said that it is ready, and has not ended before."""
    ready, _, _ = select.select([pipe], [], [], seconds)
    return bool(ready) and os.read(pipe, 1) == b"."


def _forked(role: Role, work: Mapping[str, Any]) -> tuple[int, int]:
    """The child's id, and where it says that it is ready."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(reading)
        _child(role, work, writing)
    os.close(writing)
    return pid, reading


def _ended(pid: int) -> int:
    _, status = os.waitpid(pid, 0)
    return os.waitstatus_to_exitcode(status)


def _killed(pid: int) -> int:
    os.kill(pid, signal.SIGKILL)
    return _ended(pid)


def _lived(role: Role, job: Mapping[str, Any]) -> dict[str, Any]:
    begin = time.perf_counter()
    pid, pipe = _forked(role, job["work"])
    ready = None
    if not job.get("from_fork") and _awaited(pipe, _LONGEST_SECONDS):
        ready = time.perf_counter() - begin
    if job.get("stay"):
        os.close(pipe)
        return {"pid": pid, "ready": ready}
    if (kill_after := job.get("kill_after")) is None:
        code = _ended(pid)
    else:
        time.sleep(kill_after)
        code = _killed(pid)
    os.close(pipe)
    return {"exit": code, "ready": ready, "gone": time.perf_counter() - begin}


def main() -> None:
    """Serves jobs until its input ends."""
    module, _, name = sys.argv[1].partition(":")
    role: Role = getattr(importlib.import_module(module), name)
    staying: set[int] = set()
    gc.freeze()  # what is imported is no garbage: children need not copy it to look
    _say(0)
    for line in sys.stdin:
        job = json.loads(line)
        if "kill" in job:
            staying.remove(job["kill"])
            _say({"exit": _killed(job["kill"])})
            continue
        answer = _lived(role, job)
        if "pid" in answer:
            staying.add(answer["pid"])
        _say(answer)
    for pid in staying:
        _killed(pid)


def _say(answer: Any) -> None:
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
