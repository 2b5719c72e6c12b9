"""docs/commands.md and the bot's own tree; no page names a command that is not there."""

import re
from pathlib import Path

import pytest

from tests.docs.command_pages import console_commands, slash_commands
from tests.docs.generated import part
from tests.docs.pages import DOCS, README, all_pages, code_spans, name_of

PAGE = (DOCS / "commands.md").read_text()
SLASH = {command.qualified_name: command for command in slash_commands()}
CONSOLE = console_commands()
NOT_COMMANDS = {"healthz", "readyz", "metrics", "errors", "identity", "data", "tmp"}
"""Paths of the web and folders of the image, which also begin with a slash."""

LATER: frozenset[str] = frozenset()
"""What the design has and this version has not: no page may name them as commands."""


def section(name: str) -> str:
    """What stands below a command's heading."""
    return part(PAGE, "commands").partition(f"### /{name}\n")[2].partition("\n### ")[0]


def test_the_tree_has_the_commands_that_everything_begins_with() -> None:
    assert {"buy", "sell", "close", "orders", "setup broker", "order cancel"} <= SLASH.keys()


@pytest.mark.parametrize("name", SLASH)
def test_a_command_is_documented_with_its_description(name: str) -> None:
    assert SLASH[name].description in section(name)


@pytest.mark.parametrize("name", SLASH)
def test_every_option_of_a_command_is_documented(name: str) -> None:
    options = [parameter.display_name for parameter in SLASH[name].parameters]
    rows = [line.split("|")[1].strip(" `") for line in section(name).splitlines() if "| `" in line]

    assert rows == options


@pytest.mark.parametrize("name", SLASH)
def test_the_readme_names_every_command(name: str) -> None:
    assert f"`/{name}`" in README.read_text()


@pytest.mark.parametrize("page", all_pages(), ids=name_of)
def test_a_page_names_only_slash_commands_that_exist(page: Path) -> None:
    roots = {name.partition(" ")[0] for name in SLASH}

    named = {
        match[1]
        for span in code_spans(page.read_text())
        if (match := re.match(r"/([a-z]+)(?:$|[ `])", span))
    }

    assert named - NOT_COMMANDS <= roots


def test_what_comes_later_is_not_there_yet() -> None:
    roots = {name.partition(" ")[0] for name in SLASH}

    assert not LATER & roots, "it has arrived: say so in README and take it from LATER"


@pytest.mark.parametrize("name", CONSOLE)
def test_a_console_command_is_documented(name: str) -> None:
    assert f"| `floorbroker {name}` |" in part(PAGE, "console")


@pytest.mark.parametrize("page", all_pages(), ids=name_of)
def test_a_page_names_only_console_commands_that_exist(page: Path) -> None:
    text = page.read_text()
    blocks = re.findall(r"^```console\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    lines = [*code_spans(text), *(line for block in blocks for line in block.splitlines())]

    named = {
        match[1].strip()
        for line in lines
        if (match := re.search(r"(?:^|/|bot )floorbroker((?: [a-z]+){1,2})", line))
    }

    unknown = {name for name in named if not {name, name.partition(" ")[0]} & CONSOLE.keys()}
    assert unknown == set()
