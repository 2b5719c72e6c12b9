"""What a server's managers ask to be changed in its rules about orders."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final

from floorbroker.brokers.registry import all_brokers
from floorbroker.domain.errors import InvalidInput
from floorbroker.domain.ids import BrokerId
from floorbroker.domain.people import ServerPolicy
from floorbroker.services.limit_words import OPTIONS, written

MOST: Final = 50
"""Roles, or channels, that a server can name."""

ALL: Final = "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerRules:
    """What is to change; nothing by default.

    Attributes:
        at: When it was asked for: waits are counted from there.
        brokers: Every one that is allowed from now on; empty allows all.
        open_again: `roles` or `channels`: everybody, or everywhere, from now on.
        limits: As `StandingLimits.changed` takes them.
    """

    at: datetime
    brokers: frozenset[BrokerId] | None = None
    add_role: str | None = None
    remove_role: str | None = None
    add_channel: str | None = None
    remove_channel: str | None = None
    open_again: str | None = None
    limits: Mapping[str, Any] = field(default_factory=dict)

    def applied(self, policy: ServerPolicy, wait: timedelta) -> ServerPolicy:
        """The policy with these changes.

        Raises:
            InvalidInput: A value cannot be used, or the last role or channel would go: who wants
                them open to all has to say so.
        """
        limits = policy.limits
        if self.limits:
            limits = limits.changed(self.limits, self.at, wait)
        return replace(
            policy,
            brokers=policy.brokers if self.brokers is None else self.brokers,
            roles=self._listed("roles", policy.roles, self.add_role, self.remove_role),
            channels=self._listed(
                "channels", policy.channels, self.add_channel, self.remove_channel
            ),
            limits=limits,
        )

    def _listed(
        self, what: str, known: frozenset[str], added: str | None, removed: str | None
    ) -> frozenset[str]:
        if self.open_again == what:
            known = frozenset()
        left = (known | ({added} - {None})) - {removed}
        if len(left) > MOST:
            raise InvalidInput(f"A server names at most {MOST} {what}.")
        if removed in known and not left:
            raise InvalidInput(
                f"Without its last entry the list of {what} would let everybody in. "
                f"If you mean that, choose open_again: {what}."
            )
        return frozenset(one for one in left if one is not None)

    def told(self) -> dict[str, str]:
        """The changes in plain text, for the audit trail."""
        names = ("add_role", "remove_role", "add_channel", "remove_channel", "open_again")
        fields = {name: getattr(self, name) for name in names if getattr(self, name) is not None}
        if self.brokers is not None:
            fields["brokers"] = ",".join(sorted(self.brokers)) or ALL
        return fields | {OPTIONS[name]: written(value) for name, value in self.limits.items()}


def parse_brokers(text: str) -> frozenset[BrokerId]:
    """Ids with commas between, or `all`, which is the empty set.

    Raises:
        InvalidInput: Names every broker that can be allowed.
    """
    known = {spec.id for spec in all_brokers() if spec.supported_by is None}
    wanted = {part.strip(" ").lower() for part in text.split(",")}
    if wanted == {ALL}:
        return frozenset()
    if not wanted <= known:
        names = ", ".join(sorted(known))
        raise InvalidInput(f"Write brokers with commas between, or all. There are: {names}.")
    return frozenset(BrokerId(one) for one in wanted)
