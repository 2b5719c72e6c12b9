"""The bot as its image runs it: not root, on a file system that is read-only but for its data."""

import asyncio
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from tests.cli.at_home import HOME, OWNER
from tests.cli.child import Child
from tests.cli.discord_stand_in import TOKEN, DiscordStandIn
from tests.cli.test_run import RUN
from tests.environment import child_environment
from tests.simulators.discord import slash

NOBODY: Final = 10001
# A mount of its own for each folder that may be written; everything else becomes read-only. The
# one right that is left lets it read an interpreter that lies in root's own folder.
ALONE: Final = """
set -eu
mount --bind "$1" "$1"
mount --bind "$2" "$2"
mount -o remount,ro,bind /
shift 2
exec setpriv --reuid 10001 --regid 10001 --clear-groups --no-new-privs \
  --bounding-set -all,+dac_read_search --inh-caps -all,+dac_read_search \
  --ambient-caps -all,+dac_read_search "$@"
"""
TRY: Final = "mount --bind /tmp /tmp && mount -o remount,ro,bind / && ! touch /floorbroker 2>&-"


def can_be_alone() -> bool:
    tools = [shutil.which(name) for name in ("unshare", "setpriv", "mount")]
    if os.geteuid() != 0 or None in tools:
        return False
    tried = subprocess.run(
        ["unshare", "--mount", "sh", "-c", TRY], capture_output=True, check=False
    )
    return tried.returncode == 0


@pytest.mark.skipif(not can_be_alone(), reason="needs root and mounts of its own")
async def test_it_runs_and_writes_nothing_but_its_data(
    tmp_path: Path, stand_in: DiscordStandIn
) -> None:
    data, scratch = tmp_path / "data", tmp_path / "scratch"
    for folder in (data, scratch):
        folder.mkdir()
        os.chown(folder, NOBODY, NOBODY)
    settings = {**HOME, "DISCORD_TOKEN": TOKEN, "DATA_DIR": str(data)}
    homes = {"HOME": str(scratch), "TMPDIR": str(scratch), "PYTHONDONTWRITEBYTECODE": "1"}

    process = await asyncio.create_subprocess_exec(
        *("unshare", "--mount", "sh", "-c", ALONE, "sh", str(data), str(scratch)),
        *(sys.executable, "-c", RUN, "run", stand_in.base),
        cwd=data,
        env=child_environment(**settings, **homes),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    bot = Child(process)
    try:
        await bot.answers("/readyz", 200)
        await stand_in.dispatch("INTERACTION_CREATE", slash("help", OWNER))
        async with asyncio.timeout(60):
            await stand_in.asked.wait()
        process.send_signal(signal.SIGTERM)
        code = await bot.ended()
    finally:
        if process.returncode is None:
            process.kill()

    assert (code, bot.sentences()) == (0, [])
    assert {one.name for one in data.iterdir()} == {"floorbroker.sqlite3", "master.key"}
    assert list(scratch.iterdir()) == []
    assert {one.stat().st_uid for one in data.iterdir()} == {NOBODY}
