"""What the SDK writes and changes in a process; each test is one of its own."""

import asyncio
import os
import sys
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]


async def run(program: str, **environment: str) -> tuple[int, str, str]:
    """Exit code and output of a program in this Python."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        program,
        cwd=REPOSITORY,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(REPOSITORY), **environment},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode is not None
    return process.returncode, out.decode(), err.decode()


def logs(folder: Path) -> list[Path]:
    """Files that the SDK made below it."""
    return [one for one in folder.rglob("*") if one.is_file()]


async def test_the_import_makes_a_log_in_the_home_folder(tmp_path: Path) -> None:
    code, _, problems = await run("import moomoo", HOME=str(tmp_path))

    assert code == 0, problems
    (log,) = logs(tmp_path)
    assert log.parent == tmp_path / ".com.moomoo.OpenD" / "Log"
    assert log.name.startswith("py_")


async def test_without_a_home_folder_there_is_no_sdk() -> None:
    code, _, problems = await run("import moomoo")

    assert code == 1
    assert "KeyError: 'HOME'" in problems


async def test_an_import_in_the_main_thread_takes_the_interrupt_and_ends_the_process(
    tmp_path: Path,
) -> None:
    program = "import signal, moomoo; print(signal.getsignal(signal.SIGINT).__name__)"

    _, said, _ = await run(program, HOME=str(tmp_path))

    assert said.strip() == "quit_handler"


async def test_an_import_in_another_thread_leaves_the_interrupt_alone(tmp_path: Path) -> None:
    program = (
        "import signal, threading, importlib\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "one = threading.Thread(target=importlib.import_module, args=('moomoo',))\n"
        "one.start(); one.join()\n"
        "print(signal.getsignal(signal.SIGINT) is signal.default_int_handler)"
    )

    code, said, _ = await run(program, HOME=str(tmp_path))

    assert (code, said.strip()) == (0, "True")


async def test_the_simulators_own_import_writes_elsewhere_and_changes_nothing(
    tmp_path: Path,
) -> None:
    program = (
        "import os, signal\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "from tests.simulators.opend import sdk\n"
        "sdk()\n"
        "kept = signal.getsignal(signal.SIGINT) is signal.default_int_handler\n"
        "print(kept, os.environ['HOME'], flush=True)\n"
        "os._exit(0)"  # otherwise it clears up
    )

    code, said, problems = await run(program, HOME=str(tmp_path), TMPDIR=str(tmp_path))

    assert (code, said.strip()) == (0, f"True {tmp_path}"), problems
    (log,) = logs(tmp_path)
    assert log.parent.parent.parent.name.startswith("opend-sdk-")


async def test_a_password_and_an_account_are_not_in_the_log(tmp_path: Path) -> None:
    program = (
        "import asyncio, os\n"
        "from tests.simulators.opend import PASSWORD\n"
        "from tests.simulators.opend_clients import opened\n"
        "async def main():\n"
        "    async with opened() as world:\n"
        "        context = await world.trade()\n"
        "        await world.ask(context.unlock_trade, PASSWORD)\n"
        "        await world.place(context, paper=False, remark='secret-remark')\n"
        "asyncio.run(main())\n"
        "os._exit(0)"
    )

    code, _, problems = await run(program, HOME=str(tmp_path), TMPDIR=str(tmp_path))

    assert code == 0, problems
    written = logs(tmp_path)[0].read_text()
    assert "proto=2202" in written
    for secret in ("123456", "e10adc3949ba59abbe56e057f20f883e", "281756460288713754"):
        assert secret not in written
    assert "secret-remark" not in written


async def test_an_address_that_is_none_holds_a_constructor_for_ever(tmp_path: Path) -> None:
    """A name that cannot be resolved does the same: the network thread fails and tells nobody."""
    program = (
        "import os, threading\n"
        "from tests.simulators.opend import sdk\n"
        "from tests.simulators.opend_clients import once\n"
        "kind = once(sdk().OpenQuoteContext)\n"
        "one = threading.Thread(target=kind, args=('127.0.0.1', 70000), daemon=True)\n"
        "one.start(); one.join(1)\n"
        "print(one.is_alive(), flush=True); os._exit(0)"
    )

    code, said, problems = await run(program, HOME=str(tmp_path), TMPDIR=str(tmp_path))

    assert (code, said.strip()) == (0, "True"), problems


async def test_an_open_context_keeps_a_process_from_ending_unless_threads_are_daemons(
    tmp_path: Path,
) -> None:
    program = (
        "import asyncio, os, threading\n"
        "from tests.simulators.opend import OpenDSimulator, sdk\n"
        "async def main():\n"
        "    async with OpenDSimulator() as sim:\n"
        "        for daemons in (False, True):\n"
        "            sdk().SysConfig.set_all_thread_daemon(daemons)\n"
        "            await asyncio.to_thread(sdk().OpenQuoteContext, sim.host, sim.port)\n"
        "        threads = threading.enumerate()\n"
        "        print([t.daemon for t in threads if t.name.endswith('(run)')], flush=True)\n"
        "        os._exit(0)\n"
        "asyncio.run(main())"
    )

    code, said, problems = await run(program, HOME=str(tmp_path), TMPDIR=str(tmp_path))

    assert (code, said.strip()) == (0, "[False, True]"), problems
