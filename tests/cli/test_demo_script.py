"""`floorbroker demo --script` as a process of its own, with no setting and no network."""

import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from tests.environment import child_environment

PATIENCE_SECONDS: Final = 60

# The installed command on a machine whose network is down.
OFFLINE: Final = """
import socket

def down(*_arguments, **_named):
    raise OSError("the network is down")

socket.socket.connect = socket.socket.connect_ex = socket.getaddrinfo = down

from floorbroker.cli.app import main
main()
"""


def demo(data_dir: Path, script: str, *, name: str = "-") -> "subprocess.CompletedProcess[str]":
    """Runs the lines, from standard input unless `name` is a file."""
    command = (sys.executable, "-c", OFFLINE, "demo", "--script", name)
    return subprocess.run(
        (*command, "--data-dir", str(data_dir)),
        input=script,
        env=child_environment(),
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )


def test_a_first_order_takes_two_lines_and_is_still_there_in_the_next_run(tmp_path: Path) -> None:
    script = tmp_path / "first-order.txt"
    script.write_text("# a comment\n\n/buy symbol:AAPL quantity:10\nclick Confirm\n/positions\n")

    first = demo(tmp_path / "data", "", name=str(script))
    second = demo(tmp_path / "data", "/positions\n/orders")

    assert (first.returncode, second.returncode) == (0, 0)
    assert (first.stderr, second.stderr) == ("", "")
    for line in ("Review · Buy 10 AAPL PAPER", "[Confirm]", "✅ Filled · Buy 10 AAPL PAPER"):
        assert line in first.stdout.splitlines()
    assert "\nAAPL 10 at $" in first.stdout
    assert "\nAAPL 10 at $" in second.stdout
    assert "\nBuy 10 AAPL filled · 10 at $" in second.stdout


def test_buttons_and_choices_are_found_on_the_newest_card_that_has_them(tmp_path: Path) -> None:
    lines = (
        "/buy AAPL 5 limit:100",
        "click Confirm",
        "/setup broker",
        "/positions",
        "click Cancel order",
        "choose tdameritrade",
        "wait 1",
    )

    done = demo(tmp_path, "\n".join(lines))

    assert done.returncode == 0, done.stderr
    assert "Accepted · Buy 5 AAPL PAPER" in done.stdout
    after_cancel = done.stdout.partition("> click Cancel order\n")[2]
    assert after_cancel.startswith("Canceled · Buy 5 AAPL PAPER\n")
    after_choice = done.stdout.partition("> choose tdameritrade\n")[2]
    assert "Charles Schwab" in after_choice.partition(">")[0]


def test_a_card_that_changes_by_itself_is_shown_when_it_does(tmp_path: Path) -> None:
    lines = ("/buy AAPL 3", "click Confirm", "wait 2.1", "click Share")

    done = demo(tmp_path, "\n".join(lines))

    shared = done.stdout.partition("> click Share\n")[2]
    assert "✅ Filled · AAPL PAPER\nWho you\nWhat Buy 3 at $" in shared


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        ("/foo", "Line 1 (/foo): there is no command /foo; /help lists them"),
        ("/buy AAPL colour:red", "Line 1 (/buy AAPL colour:red): /buy has no option colour; "),
        ("/help\nclick Frobnicate", "Line 2 (click Frobnicate): there is no button Frobnicate; "),
    ],
)
def test_a_line_that_cannot_be_run_ends_it_with_a_sentence(
    tmp_path: Path, lines: str, sentence: str
) -> None:
    done = demo(tmp_path, lines)

    assert done.returncode == 1
    assert done.stderr.startswith(sentence)
    assert done.stderr.count("\n") == 1


def test_a_script_that_is_not_there_is_told_in_a_sentence(tmp_path: Path) -> None:
    done = demo(tmp_path, "", name=str(tmp_path / "absent.txt"))

    assert done.returncode == 1
    assert done.stderr.startswith("The script cannot be read: ")
    assert done.stderr.count("\n") == 1


def test_a_data_folder_that_cannot_be_used_is_told_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    done = demo(tmp_path / "file", "/help")

    assert done.returncode == 1
    assert done.stderr.startswith(f"The demo cannot use {tmp_path / 'file'}: ")
    assert "Traceback" not in done.stderr
