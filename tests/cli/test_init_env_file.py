"""`.env` as `floorbroker init` changes it: other lines stay, and nothing is half written."""

from io import StringIO
from pathlib import Path
from typing import Final

import pytest
from dotenv.parser import parse_stream
from hypothesis import given
from hypothesis import strategies as st

from floorbroker.cli.env_file import changed, read, replace
from floorbroker.config import Settings
from tests.cli.at_home import CANARY
from tests.environment import only_these_settings

OURS: Final = {"OWNER_ID": "100000000000000001", "IB_PORT": "4002"}


def bindings(text: str) -> list[tuple[str | None, str | None]]:
    return [(one.key, one.value) for one in parse_stream(StringIO(text)) if one.key is not None]


def test_lines_of_others_stay_as_they_are() -> None:
    text = (
        "# mine\n\nMAX_ORDER_VALUE=500 # dollars\nnot a setting at all\n"
        "PAPER_SEED='two\nlines'\nOWNER_ID=1\n  # the end\n"
    )

    assert changed(text, OURS) == text.replace("OWNER_ID=1\n", f"OWNER_ID={OURS['OWNER_ID']}\n") + (
        "IB_PORT=4002\n"
    )


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("OWNER_ID=\n", "OWNER_ID=7\n"),
        ("OWNER_ID\n", "OWNER_ID=7\n"),
        ("owner_id=1\n", "owner_id=7\n"),
        ("export OWNER_ID='1' # me\n", "export OWNER_ID=7\n"),
        ("\n\n  OWNER_ID = 1\n\nB=2\n", "\n\n  OWNER_ID=7\n\nB=2\n"),
        ("OWNER_ID=1\nOWNER_ID=2\n", "OWNER_ID=7\nOWNER_ID=7\n"),
        ("# OWNER_ID=1\n", "# OWNER_ID=1\nOWNER_ID=7\n"),
        ("B=2", "B=2\nOWNER_ID=7\n"),
        ("B=2\r\nOWNER_ID=1\r\n", "B=2\r\nOWNER_ID=7\r\n"),
        ("B=2\r\n", "B=2\r\nOWNER_ID=7\r\n"),
        ("", "OWNER_ID=7\n"),
    ],
)
def test_a_value_is_set_where_its_name_stands_or_at_the_end(text: str, wanted: str) -> None:
    assert changed(text, {"OWNER_ID": "7"}) == wanted


@given(st.text("AB'\"=#\\\n\r \texport$"), st.sampled_from(["", "OWNER_ID=1\n", "ib_port='1'\n"]))
def test_whatever_stands_there_the_settings_read_what_was_set_and_the_rest_as_before(
    text: str, own: str
) -> None:
    before = bindings(text + own)

    after = bindings(changed(text + own, OURS))

    others = [(key, value) for key, value in before if (key or "").upper() not in OURS]
    assert [(key, value) for key, value in after if (key or "").upper() not in OURS] == others
    assert {(key or "").upper(): value for key, value in after}.items() >= OURS.items()


@pytest.mark.parametrize("value", ["two words", "a#b", "'", "$HOME", "a\nB=1", "é"])
def test_a_value_that_would_need_quotes_is_not_written(value: str) -> None:
    with pytest.raises(ValueError, match="quotes"):
        changed("", {"OWNER_ID": value})


def test_the_settings_read_what_was_written(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    only_these_settings(monkeypatch, tmp_path)

    replace(tmp_path / ".env", changed("PORT=1\r\nIB_PORT=2\r\n", OURS))

    settings = Settings()
    assert (settings.owner_id, settings.ib_port, settings.port) == (OURS["OWNER_ID"], 4002, 1)


def test_what_is_written_comes_back_with_its_line_ends_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / ".env"

    replace(path, "A=1\r\nB=2\n")

    assert read(path) == "A=1\r\nB=2\n"
    assert path.stat().st_mode & 0o777 == 0o600
    assert [one.name for one in tmp_path.iterdir()] == [".env"]


def test_a_file_that_others_could_read_is_for_its_owner_alone_afterwards(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    path.write_text("A=1\n")
    path.chmod(0o644)

    replace(path, "A=2\n")

    assert path.stat().st_mode & 0o777 == 0o600


def test_what_cannot_be_replaced_is_left_alone_and_no_copy_stays(tmp_path: Path) -> None:
    folder = tmp_path / ".env"
    folder.mkdir()
    (folder / "kept").write_text(CANARY)

    with pytest.raises(OSError):
        replace(folder, "A=1\n")

    assert (folder / "kept").read_text() == CANARY
    assert [one.name for one in tmp_path.iterdir()] == [".env"]


def test_a_link_to_a_file_elsewhere_stays_one(tmp_path: Path) -> None:
    real = tmp_path / "kept elsewhere"
    real.write_text("A=1\n")
    link = tmp_path / ".env"
    link.symlink_to(real)

    replace(link, "A=2\n")

    assert (link.is_symlink(), real.read_text()) == (True, "A=2\n")


def test_no_file_is_nothing_and_a_folder_is_an_error(tmp_path: Path) -> None:
    assert read(tmp_path / ".env") is None
    with pytest.raises(OSError):
        read(tmp_path)
