"""Schwab's requests: `tests.simulators.serving.asking` with what people grant."""

from tests.simulators import serving
from tests.simulators.schwab.people import Account
from tests.simulators.schwab.refusals import no_account
from tests.simulators.schwab.tokens import Grant
from tests.simulators.serving import Answer, json_answer

__all__ = ["Answer", "Ask", "Route", "account_of", "json_answer"]

Ask = serving.Ask[Grant]
Route = serving.Route[Grant]


def account_of(ask: Ask) -> Account:
    """The account that the path names, by its hash.

    Raises:
        Refusal: The token may not see such an account.
    """
    for account in ask.owner.accounts:
        if account.hash == ask.parts["account"]:
            return account
    raise no_account()
