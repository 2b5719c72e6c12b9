"""Planted defects follow the source: each text that one replaces stands there once."""

from importlib import import_module

import pytest

from tests.brokers.planted import ROOT, SOURCE, Defect

MODULES = sorted(
    f"tests.brokers.{file.parent.name}.{file.stem}"
    for file in (ROOT / "tests" / "brokers").glob("*/test_planted_defects.py")
)


def defects() -> list[tuple[str, Defect]]:
    return [
        (f"{module.split('.')[2]}: {name}", defect)
        for module in MODULES
        for name, defect in import_module(module).DEFECTS.items()
    ]


@pytest.mark.parametrize(
    "defect", [one for _, one in defects()], ids=[name for name, _ in defects()]
)
def test_its_text_stands_once_in_the_source(defect: Defect) -> None:
    assert (SOURCE / defect.file).read_text().count(defect.text) == 1
    assert defect.text != defect.mistake
