"""Planted defects follow the source: each text that one replaces stands there once."""

import pytest

from tests.brokers.planted import SOURCE, Defect, planted


@pytest.mark.parametrize(
    "defect",
    [defect for _, _, defect in planted()],
    ids=[f"{broker}: {name}" for broker, name, _ in planted()],
)
def test_its_text_stands_once_in_the_source(defect: Defect) -> None:
    assert (SOURCE / defect.file).read_text().count(defect.text) == 1
    assert defect.text != defect.mistake
