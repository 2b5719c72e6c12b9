"""docs/commands.md and the labels of the buttons that cards have."""

import ast
from collections.abc import Iterator
from pathlib import Path

import floorbroker.bot
from tests.docs.pages import DOCS

CODE = Path(floorbroker.bot.__file__).parent
TABLE = (DOCS / "commands.md").read_text().partition("## Buttons\n")[2].partition("\n## ")[0]
MADE = {"Button", "_button", "chain_button"}


def test_every_button_of_a_card_is_in_the_table() -> None:
    labels = {
        label for file in CODE.rglob("*.py") for label in _labels(ast.parse(file.read_text()))
    }

    assert len(labels) > 30, "too few were found for a proof"
    assert {label for label in labels if label not in TABLE} == set()


def test_a_button_stands_in_the_table_once_for_each_place() -> None:
    rows = [line.split("|")[1:3] for line in TABLE.splitlines() if line.startswith("| ")]
    places = [
        (label.strip(), place.strip())
        for labels, where in rows
        for label in labels.split(",")
        for place in where.split(",")
    ]

    assert len(places) == len(set(places))


def _labels(code: ast.Module) -> Iterator[str]:
    """Of buttons, and of rows of `(label, what it does, …)` that buttons are made of."""
    for node in ast.walk(code):
        texts: list[str] = []
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in MADE:
            named = [one.value for one in node.keywords if one.arg == "label"]
            texts = [_text(one) for one in (*node.args, *named)]
        elif isinstance(node, ast.Tuple) and any(_of_a_button(one) for one in node.elts):
            texts = [_text(node.elts[0])]
        yield from (text for text in texts if text[:1].isupper())


def _of_a_button(node: ast.expr) -> bool:
    return "Style" in ast.dump(node) or "custom_id" in ast.dump(node)


def _text(node: ast.expr) -> str:
    """What a string begins with, as what varies is `…` in the table; empty for what is none."""
    if isinstance(node, ast.JoinedStr):
        node = node.values[0]
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value.strip(" …")
    return ""
