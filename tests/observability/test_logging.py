"""Lines as an operator reads them."""

import logging
import subprocess
import sys

import pytest
import structlog

from floorbroker.observability.context import bind_correlation
from floorbroker.observability.logging import FLOORS, OFF, configure_logging
from tests.observability.captured import captured_stderr


def test_a_line_is_one_json_object_with_event_level_logger_time_and_fields() -> None:
    with captured_stderr() as output:
        structlog.stdlib.get_logger("floorbroker.services").info("order_accepted", broker="paper")

    (line,) = output.records()
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "event": "order_accepted",
        "broker": "paper",
        "level": "info",
        "logger": "floorbroker.services",
    }


def test_a_librarys_line_has_the_same_shape_as_ours() -> None:
    with captured_stderr() as output:
        logging.getLogger("somebody.else").warning("reconnecting in %d s", 5)

    (line,) = output.records()
    assert line["event"] == "reconnecting in 5 s"
    assert (line["level"], line["logger"]) == ("warning", "somebody.else")


def test_configuring_twice_does_not_double_the_lines() -> None:
    with captured_stderr() as output:
        configure_logging("INFO", json=True)
        structlog.stdlib.get_logger("ours").info("ours_once")
        logging.getLogger("theirs").info("theirs once")

    assert [line["event"] for line in output.records()] == ["ours_once", "theirs once"]


def test_a_line_below_the_level_is_not_written() -> None:
    with captured_stderr(level="WARNING") as output:
        structlog.stdlib.get_logger("ours").info("too_quiet")
        structlog.stdlib.get_logger("ours").warning("loud_enough")

    assert [line["event"] for line in output.records()] == ["loud_enough"]


@pytest.mark.parametrize("as_json", [True, False])
def test_a_traceback_shows_the_error_and_no_local_value(as_json: bool) -> None:
    def connect(account: str) -> None:
        held = [account]
        raise ConnectionError(f"refused after {len(held)} attempt")

    with captured_stderr(as_json=as_json) as output:
        try:
            connect("-".join(["DU", "local", "value"]))
        except ConnectionError:
            structlog.stdlib.get_logger("ours").exception("connect_failed")
            logging.getLogger("theirs").exception("connect failed")

    text = output.getvalue()
    assert text.count("ConnectionError: refused after 1 attempt") == 2
    assert text.count("in connect") == 2
    assert "DU-local-value" not in text


def test_lines_inside_an_interaction_carry_its_id_and_others_none() -> None:
    with captured_stderr() as output:
        with bind_correlation("interaction-7"):
            structlog.stdlib.get_logger("ours").info("inside")
            logging.getLogger("theirs").warning("inside too")
        structlog.stdlib.get_logger("ours").info("outside")

    assert [line.get("correlation") for line in output.records()] == [
        "interaction-7",
        "interaction-7",
        None,
    ]


@pytest.mark.parametrize(
    "name", ["discord.gateway", "discord.http", "discord.client", "discord.webhook.async_"]
)
def test_the_debug_log_of_discord_stays_off_at_level_debug(name: str) -> None:
    with captured_stderr(level="DEBUG") as output:
        logging.getLogger(name).debug("For Shard ID 0: WebSocket Event: %s", {"d": "modal text"})
        logging.getLogger(name).info("connected")

    assert [line["event"] for line in output.records()] == ["connected"]


@pytest.mark.parametrize("name", sorted(FLOORS))
def test_a_quieted_library_cannot_log_below_its_floor(name: str) -> None:
    with captured_stderr(level="DEBUG") as output:
        logging.getLogger(f"{name}.part").log(FLOORS[name] - 1, "a body")
        logging.getLogger(f"{name}.part").log(FLOORS[name], "worth knowing")

    assert [line["event"] for line in output.records()] == ["worth knowing"]


@pytest.mark.parametrize("name", OFF)
def test_a_vendor_that_sets_up_its_own_logging_on_import_stays_silent(name: str) -> None:
    with captured_stderr() as output:
        theirs = logging.getLogger(name)
        theirs.setLevel(logging.DEBUG)
        theirs.error("HTTP Error: 401 Unauthorized {body}")

    assert output.getvalue() == ""


def test_a_line_that_cannot_be_formatted_never_prints_its_arguments() -> None:
    with captured_stderr() as output:
        logging.getLogger("careless").warning("%d things", "planted")

    (line,) = output.records()
    assert line["event"] == "[log line that does not fit its arguments]"
    assert "planted" not in output.getvalue()


def test_the_terminal_shows_event_and_fields() -> None:
    with captured_stderr(as_json=False) as output:
        structlog.stdlib.get_logger("ours").info("order_accepted", broker="paper")

    assert "order_accepted" in output.getvalue()
    assert "broker=paper" in output.getvalue()


def test_no_text_can_forge_a_line_or_move_the_cursor_on_the_terminal() -> None:
    with captured_stderr(as_json=False) as output:
        structlog.stdlib.get_logger("ours").info("seen", words="a\r\nforged\x1b[2J\x9b2J")
        logging.getLogger("theirs").info("a\r\nforged\x1b[2J\x9b2J")

    assert output.getvalue().count("\n") == 2
    assert not {"\r", "\x1b", "\x9b"} & set(output.getvalue())


def test_what_nobody_caught_is_redacted_in_the_main_thread_and_in_others() -> None:
    program = """
import threading
from floorbroker.observability.logging import configure_logging, log_uncaught_errors
configure_logging("INFO", json=True)
log_uncaught_errors()
uri = "".join(["mongodb", "://user:planted-password@host/"])
def fail():
    raise ConnectionError(uri)
thread = threading.Thread(target=fail)
thread.start()
thread.join()
fail()
"""

    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=60
    )

    assert done.returncode == 1
    assert done.stderr.count("uncaught_error") == 2
    assert "planted-password" not in done.stderr + done.stdout
