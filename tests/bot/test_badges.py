"""PAPER or LIVE stands on what concerns an account, also where its broker does not answer."""

from dataclasses import replace

import pytest

from floorbroker.bot.replies.portfolio_cards import badges
from floorbroker.domain.errors import BrokerTimeout
from floorbroker.domain.modes import Environment
from floorbroker.domain.people import Link
from floorbroker.services.portfolio import Overview
from floorbroker.services.reachable import UnreachableLink
from tests.bot.drawn import account


def _at(environment: Environment) -> Link:
    return replace(account(2, "Broken").link, environment=environment)


@pytest.mark.parametrize("environment", Environment)
def test_a_link_that_does_not_answer_says_what_it_is(environment: Environment) -> None:
    link = _at(environment)
    failed = UnreachableLink(link=link, error=BrokerTimeout(broker="alpaca"))

    assert badges(Overview(holdings=[], failed=[failed])) == (environment.value.upper(),)


def test_links_of_both_kinds_are_named_by_both() -> None:
    failed = [
        UnreachableLink(link=_at(one), error=BrokerTimeout(broker="alpaca")) for one in Environment
    ]

    assert badges(Overview(holdings=[], failed=failed)) == ("LIVE", "PAPER")
