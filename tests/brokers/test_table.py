"""The Markdown that README and documentation show."""

import re

from floorbroker.brokers.registry import all_brokers
from floorbroker.brokers.spec import Capability
from floorbroker.brokers.table import brokers_table, capability_matrix


def cells(markdown: str) -> list[list[str]]:
    return [
        [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        for line in markdown.splitlines()
    ]


def test_the_table_has_a_row_for_every_broker_in_order() -> None:
    rows = cells(brokers_table())[2:]

    names = [row[0].partition(" ")[2].replace("\\", "") for row in rows]
    assert names == [spec.name for spec in all_brokers()]


def test_the_table_says_where_a_broker_runs_and_whether_it_works_now() -> None:
    rows = {row[0].partition(" ")[2]: row[1:] for row in cells(brokers_table())[2:]}

    assert rows["Interactive Brokers"][:2] == ["–", "✓ beside TWS or IB Gateway"]
    assert rows["Alpaca"][:2] == ["✓", "✓"]
    assert rows["TD Ameritrade"][-1] == "Closed: leads to Charles Schwab"
    assert rows["Paper trading"][-1] == "✓"


def test_what_works_now_follows_the_manifests() -> None:
    rows = cells(brokers_table())[2:]

    working = {row[0].partition(" ")[2].replace("\\", "") for row in rows if row[-1] == "✓"}
    assert working == {spec.name for spec in all_brokers() if spec.adapter}


def test_the_matrix_marks_each_capability_as_the_manifests_declare_it() -> None:
    heads, _, *rows = cells(capability_matrix())
    marks = {row[0]: row[1:] for row in rows}

    for capability in Capability:
        row = marks[capability.value.replace("_", " ").capitalize()]
        shown = {name for name, mark in zip(heads[1:], row, strict=True) if mark == "✓"}
        declared = {
            spec.name.replace("*", r"\*")
            for spec in all_brokers()
            if capability in spec.capabilities
        }
        assert shown == declared


def test_the_matrix_leaves_retired_brokers_out() -> None:
    assert "TD Ameritrade" not in capability_matrix()


def test_every_line_of_a_table_has_the_same_number_of_cells() -> None:
    for markdown in (brokers_table(), capability_matrix()):
        assert len({len(line) for line in cells(markdown)}) == 1


def test_an_asterisk_in_a_name_is_not_markup() -> None:
    assert r"E\*TRADE" in brokers_table()
