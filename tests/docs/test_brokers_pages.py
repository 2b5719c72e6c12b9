"""A page a broker, with what its manifest says and nothing that is not there."""

import pytest

from floorbroker.brokers.registry import all_brokers
from floorbroker.brokers.spec import BrokerSpec
from tests.docs.broker_pages import manifest
from tests.docs.pages import DOCS

FOLDER = DOCS / "brokers"
each_broker = pytest.mark.parametrize("spec", all_brokers(), ids=lambda spec: spec.id)


def text_of(spec: BrokerSpec) -> str:
    return (FOLDER / f"{spec.id}.md").read_text()


def test_there_is_a_page_for_every_broker_and_no_other() -> None:
    pages = {path.stem for path in FOLDER.glob("*.md")} - {"index"}

    assert pages == {spec.id for spec in all_brokers()}


def test_the_index_lists_the_pages_in_the_order_of_the_registry() -> None:
    toctree = (FOLDER / "index.md").read_text().partition(":maxdepth: 1\n")[2].partition("```")[0]

    assert toctree.split() == [spec.id for spec in all_brokers()]


@each_broker
def test_a_page_is_named_after_its_broker(spec: BrokerSpec) -> None:
    assert text_of(spec).splitlines()[0].replace("\\", "") == f"# {spec.name.removesuffix(' ')}"


@each_broker
def test_a_page_says_whether_the_broker_works_now(spec: BrokerSpec) -> None:
    state = "**Works now.**" if spec.adapter else "**Closed.**"
    if spec.adapter is None and not spec.retired:
        state = "**Not built yet.**"

    assert state in text_of(spec)


@each_broker
def test_a_page_has_every_step_need_port_and_warning_of_the_manifest(spec: BrokerSpec) -> None:
    told = manifest(spec).replace("\\", "")

    ports = [f"| {port} |" for port, _ in spec.gateway.ports] if spec.gateway else []
    for text in (*spec.setup_steps, *spec.requirements, *ports, spec.warning):
        assert text in told
