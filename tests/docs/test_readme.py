"""README: the first screen, the two deployments, and what must be said in so many words."""

import re

import pytest

from floorbroker.brokers.registry import all_brokers, multi_user_brokers
from floorbroker.domain.modes import DeploymentMode
from tests.docs.generated import part
from tests.docs.pages import README, ROOT, links, rows

TEXT = README.read_text()
FLAT = " ".join(TEXT.split())
FIRST_SCREEN = TEXT[: TEXT.index("**Where this version stands.**")]


@pytest.mark.parametrize(
    "sentence",
    [
        # D0-41
        "IBKR requires local Gateway installation. Only supported in single-user deployment mode.",
        # D0-42
        "[Multi-user]",
        "[Requires local setup]",
        # D0-43
        "## Deployment Modes",
        # D1-29, D1-34
        "DEPLOYMENT_MODE=multi-user",
        "DEPLOYMENT_MODE=single-user",
        # D1-37 to D1-40
        "IB Gateway, TWS or OpenD installed and running",
        "the bot on the same machine",
        "a manual login with a second factor",
        "one person at a time",
        # What is true of this version
        "tested against simulators of their interfaces, never against a real account",
    ],
)
def test_the_readme_says(sentence: str) -> None:
    assert sentence in FLAT


def test_the_first_screen_has_one_sentence_two_pictures_two_commands_and_the_table() -> None:
    lines = [line for line in FIRST_SCREEN.splitlines() if line]

    assert lines[0] == "# floorbroker"
    assert len(re.findall(r"\.(?:\s|$)", lines[1])) == 1
    assert [link for link in links(FIRST_SCREEN) if link.endswith(".png")] == [
        "docs/pictures/review.png",
        "docs/pictures/receipt.png",
    ]
    assert re.findall(r"^make \w+", FIRST_SCREEN, re.MULTILINE) == ["make demo", "make test"]
    assert len(rows(FIRST_SCREEN, "Broker")) == len(all_brokers())


@pytest.mark.parametrize("name", ["review.png", "receipt.png"])
def test_a_picture_of_the_first_screen_is_a_picture(name: str) -> None:
    picture = ROOT / "docs" / "pictures" / name

    assert picture.read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"


def test_the_two_commands_are_targets_of_the_makefile() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))

    assert set(re.findall(r"^make ([a-z-]+)", TEXT, re.MULTILINE)) == {"demo", "test"}
    assert {"demo", "test"} <= targets


def test_every_broker_is_in_one_of_the_two_lists() -> None:
    cloud = listed("multi-user")
    local = listed("local")

    assert cloud | local == {spec.name for spec in all_brokers()}
    assert not cloud & local
    assert local == {
        spec.name for spec in all_brokers() if DeploymentMode.MULTI_USER not in spec.modes
    }


def test_the_numbers_of_brokers_are_those_of_the_registry() -> None:
    linkable = len(all_brokers()) - 1  # paper is nobody's to link

    assert f"The {len(multi_user_brokers())} that need no gateway, and paper" in FLAT
    assert f"All {linkable}, and paper" in FLAT


def listed(name: str) -> set[str]:
    lines = part(TEXT, name).splitlines()
    return {line[2:].partition(":")[0].replace("\\", "") for line in lines if line}
