"""The command that adds a broker's package to the installation that runs."""

import sys
from pathlib import Path
from typing import Final

import pytest

from floorbroker.brokers.availability import sdk_installed
from floorbroker.brokers.registry import all_brokers, get_broker
from floorbroker.cli.extras import extras_lines, install_here
from tests.docs.pages import ROOT

MOOMOO: Final = get_broker("moomoo")
THERE: Final = [get_broker("ibkr"), get_broker("alpaca")]
FOLDER: Final = '{"url": "file:///home/anna/the%20bot", "dir_info": {}}'
INDEX: Final = "{}"


@pytest.mark.parametrize(
    ("left_by", "origin", "command"),
    [
        ("pipx_metadata.json", INDEX, 'pipx install --force "floorbroker[alpaca,ibkr,moomoo]"'),
        ("uv-receipt.toml", INDEX, 'uv tool install --force "floorbroker[alpaca,ibkr,moomoo]"'),
        (
            "pipx_metadata.json",
            FOLDER,
            'pipx install --force "/home/anna/the bot[alpaca,ibkr,moomoo]"',
        ),
        (
            "pipx_metadata.json",
            '{"url": "https://example.com/bot.git", "vcs_info": {"vcs": "git"}}',
            'pipx install --force "floorbroker[alpaca,ibkr,moomoo] @ '
            'git+https://example.com/bot.git"',
        ),
        (
            "pipx_metadata.json",
            '{"url": "https://example.com/bot.whl", "archive_info": {}}',
            'pipx install --force "floorbroker[alpaca,ibkr,moomoo] @ https://example.com/bot.whl"',
        ),
        ("nothing", INDEX, f'{sys.executable} -m pip install "floorbroker[moomoo]"'),
        ("nothing", FOLDER, f'{sys.executable} -m pip install "/home/anna/the bot[moomoo]"'),
    ],
)
def test_the_package_comes_from_where_the_bot_came_and_pipx_keeps_what_is_there(
    tmp_path: Path, left_by: str, origin: str, command: str
) -> None:
    (tmp_path / left_by).touch()

    assert install_here(MOOMOO, THERE, tmp_path, origin) == command


def test_in_a_clone_the_clone_is_installed_with_it(tmp_path: Path) -> None:
    assert install_here(MOOMOO, THERE, tmp_path) == (
        f'{sys.executable} -m pip install --editable "{ROOT}[moomoo]"'
    )


def test_every_broker_with_a_package_is_told_of_once() -> None:
    lines = list(extras_lines())

    with_package = [spec for spec in all_brokers() if spec.sdk_module]
    there = [spec.name for spec in with_package if sdk_installed(spec)]
    assert lines[0] == f"Installed: {', '.join(there)}."
    assert len(lines) == 1 + len(with_package) - len(there)
