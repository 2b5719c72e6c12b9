"""What doctor says of the operator's applications at brokers where people sign in."""

import pytest

from floorbroker.cli.applications import application_findings
from floorbroker.cli.findings import Level
from floorbroker.config import Settings
from tests.floor import settings


def alpaca(**application: str) -> Settings:
    named = {f"alpaca_client_{name}": value for name, value in application.items()}
    return settings(**named)


async def test_nobody_registered_is_no_finding() -> None:
    assert await application_findings(settings()) == []


@pytest.mark.parametrize(
    ("given", "missing"),
    [({"id": "app"}, "ALPACA_CLIENT_SECRET"), ({"secret": "s"}, "ALPACA_CLIENT_ID")],
)
async def test_half_of_an_application_is_a_warning(given: dict[str, str], missing: str) -> None:
    (finding,) = await application_findings(alpaca(**given))

    assert (finding.level, finding.about) == (Level.WARN, "Alpaca sign-in")
    assert finding.what == f"{missing} missing."
    assert missing in finding.todo


async def test_a_broker_that_cannot_be_asked_is_no_fault() -> None:
    (finding,) = await application_findings(alpaca(id="app", secret="s"))

    assert finding.level is Level.INFO
    assert "cannot be asked" in finding.what
