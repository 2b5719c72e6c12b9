"""Whose accounts a command in the terminal works with."""

from floorbroker.cli.findings import Level, failures
from floorbroker.cli.giving_up import MISCONFIGURED, GivenUp
from floorbroker.cli.settings import not_set, setting_findings
from floorbroker.config import Settings
from floorbroker.domain.ids import UserId

_NOT_NEEDED = "DISCORD_TOKEN"
"""Nothing here talks to Discord."""


def owner(settings: Settings) -> UserId:
    """The owner of a bot at home.

    Raises:
        GivenUp: A setting is missing or cannot be used.
    """
    _expect_usable(settings)
    if not settings.owner_id:
        raise GivenUp(not_set("OWNER_ID", Level.FAIL).sentence, MISCONFIGURED)
    return UserId(settings.owner_id)


def owner_or_operator(settings: Settings, named: str) -> UserId:
    """At home the owner; of a bot for many people one of its operators, and nobody else.

    Raises:
        GivenUp: A setting is missing, or the person is neither.
    """
    if settings.single_user:
        own = owner(settings)
        if named not in {"", own}:
            raise GivenUp("--user: a bot at home serves OWNER_ID alone.", MISCONFIGURED)
        return own
    _expect_usable(settings)
    if not named:
        raise GivenUp("Say whose account it is: --user with an id of OPERATOR_IDS.", MISCONFIGURED)
    if named not in settings.operator_ids:
        raise GivenUp(
            "--user: only accounts of the operators themselves can be used here, those whose ids "
            "stand in OPERATOR_IDS.",
            MISCONFIGURED,
        )
    return UserId(named)


def _expect_usable(settings: Settings) -> None:
    failed = [one for one in failures(setting_findings(settings)) if one.about != _NOT_NEEDED]
    if failed:
        raise GivenUp("\n".join(finding.sentence for finding in failed), MISCONFIGURED)
