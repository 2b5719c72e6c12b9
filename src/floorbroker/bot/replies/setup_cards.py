"""Brokers and accounts: what can be linked here, and why the rest cannot."""

from collections.abc import Iterable, Mapping, Sequence

from floorbroker.bot.replies import custom_ids
from floorbroker.bot.replies.card import Button, Card, Choice, Menu, Row, Section, Style, Tone
from floorbroker.bot.replies.gateway_cards import gateway_section, wrong
from floorbroker.brokers.availability import Availability
from floorbroker.brokers.gateway_checks import GatewayCheck
from floorbroker.brokers.registry import get_broker
from floorbroker.brokers.spec import AuthFlow, BrokerSpec
from floorbroker.domain.ids import BrokerId, LinkId
from floorbroker.domain.modes import DeploymentMode, Environment
from floorbroker.domain.people import ANY, Link, Person
from floorbroker.services.link_changes import Removed
from floorbroker.services.link_health import REFUSALS
from floorbroker.services.reachable import LinkedAccount, UnreachableLink


def brokers_card(brokers: Sequence[Availability], mode: DeploymentMode) -> Card:
    """The menu of what this deployment allows, and a plain reason for everything else."""
    offered = [one for one in brokers if mode in one.spec.modes]
    others = [one for one in brokers if not one.selectable and mode in one.spec.modes]
    at_home = [one for one in brokers if mode not in one.spec.modes]
    return Card(
        title="Select your broker:",
        lead="Paper trading works at once, with nothing to sign up for.",
        menu=Menu(
            custom_id=custom_ids.BROKER_MENU,
            placeholder="Select your broker",
            choices=tuple(_choice(one) for one in offered),
        ),
        sections=(*_not_yet(others), *_only_at_home(at_home, brokers)),
    )


def _not_yet(brokers: Sequence[Availability]) -> tuple[Section, ...]:
    if not brokers:
        return ()
    return (Section(heading="Not available here now", lines=reasons(brokers)),)


def _only_at_home(
    brokers: Sequence[Availability], every: Sequence[Availability]
) -> tuple[Section, ...]:
    """Why the gateway brokers cannot be served from here, and who can instead."""
    if not brokers:
        return ()
    lines = [_at_home_line(one, every) for one in brokers]
    lines.append(
        "Each person needs a gateway of their own, logged in by hand with 2FA, on the bot's "
        "machine; a bot in the cloud cannot have that for many."
    )
    return (Section(heading="Only with a bot of your own at home", lines=tuple(lines)),)


def _at_home_line(one: Availability, every: Sequence[Availability]) -> str:
    names = {other.spec.id: other.spec.name for other in every}
    instead = " or ".join(names[a] for a in one.spec.alternatives if a in names)
    gateway = one.spec.gateway.process if one.spec.gateway else "a gateway"
    return f"{one.spec.name} requires local {gateway}. Instead: {instead}."


def reasons(brokers: Iterable[Availability]) -> tuple[str, ...]:
    """One line for each reason, behind the names of all that it holds for."""
    names: dict[str, list[str]] = {}
    for one in brokers:
        names.setdefault(one.reason_for_people, []).append(one.spec.name)
    return tuple(f"{', '.join(who)}: {reason}" for reason, who in names.items())


def _choice(one: Availability) -> Choice:
    return Choice(
        label=one.spec.name,
        value=one.spec.id,
        description=_kind(one.spec) + ("" if one.selectable else " · not available yet"),
        emoji=one.spec.emoji,
    )


def _kind(spec: BrokerSpec) -> str:
    if spec.requires_local_gateway:
        return "⚠️ Single-user only"
    if spec.auth_flow is AuthFlow.NONE:
        return "Built in, nothing to sign up for"
    return "Cloud-based API"


def broker_card(
    one: Availability,
    brokers: Sequence[Availability],
    mode: DeploymentMode,
    *,
    live_offered: bool = False,
) -> Card:
    """One broker's page: what it needs, how to link it, or why that cannot be done here."""
    spec = one.spec
    if spec.requires_local_gateway:
        return _gateway_card(one, brokers, live_offered=live_offered)
    rows = []
    if spec.auth_flow is not AuthFlow.NONE:
        rows.append(Row("Connects by", f"{spec.api_type}, {spec.auth_method}"))
    if spec.approval.required:
        rows.append(Row("Approval", spec.approval.timeline))
    return Card(
        # A card that warns has a mark of its own before the title.
        title=f"{spec.emoji} {spec.name}" if one.selectable else spec.name,
        tone=Tone.NEUTRAL if one.selectable else Tone.CAUTION,
        badges=(spec.badge,),
        lead=one.reason_for_people,
        rows=tuple(rows),
        sections=_steps(spec),
        notes=(spec.warning,) if spec.warning not in one.reason_for_people else (),
        buttons=_ways_in(spec, live_offered) if one.selectable else (),
    )


def _gateway_card(
    one: Availability, brokers: Sequence[Availability], *, live_offered: bool
) -> Card:
    spec = one.spec
    names = {other.spec.id: other.spec.name for other in brokers}
    alternatives = ", ".join(names[a] for a in spec.alternatives if a in names)
    sections = [
        Section(heading="Requirements:", lines=spec.requirements),
        *_steps(spec),
        *_ports(spec),
    ]
    if alternatives and not one.selectable:
        sections.append(Section(heading="Works in the cloud instead", lines=(alternatives,)))
    return Card(
        title=spec.name if one.selectable else "Single-User Deployment Required",
        tone=Tone.CAUTION,
        badges=(spec.badge,) if one.selectable else (spec.name, spec.badge),
        lead=spec.warning,
        sections=tuple(sections),
        notes=(one.reason_for_people,) if one.reason_for_people else (),
        buttons=_ways_in(spec, live_offered) if one.selectable else (),
    )


def _ports(spec: BrokerSpec) -> tuple[Section, ...]:
    if spec.gateway is None or not spec.gateway.ports:
        return ()
    lines = tuple(f"{port}: {what}" for port, what in spec.gateway.ports)
    return (Section(heading="Ports", lines=lines),)


def _ways_in(spec: BrokerSpec, live_offered: bool) -> tuple[Button, ...]:
    """A button for each environment that can be linked here."""
    if spec.auth_flow is AuthFlow.NONE:
        return (Button(label="Open paper account", custom_id="fb:paper:open", style=Style.SUCCESS),)
    broker = spec.supported_by or spec.id
    ways = []
    if Environment.PAPER in spec.environments:
        link = f"fb:link:{broker}.{Environment.PAPER}"
        ways.append(Button(label="Link paper account", custom_id=link, style=Style.SUCCESS))
    if Environment.LIVE in spec.environments and live_offered:
        link = f"fb:link:{broker}.{Environment.LIVE}"
        ways.append(Button(label="Link live account", custom_id=link, style=Style.DANGER))
    return tuple(ways)


def _steps(spec: BrokerSpec) -> tuple[Section, ...]:
    if not spec.setup_steps:
        return ()
    lines = tuple(f"{number}. {step}" for number, step in enumerate(spec.setup_steps, 1))
    return (Section(heading="How to link it", lines=lines),)


def linked_card(link: Link) -> Card:
    """A link that works."""
    return Card(
        title=f"Connected to {link.label}",
        tone=Tone.GOOD,
        badges=(link.environment.value.upper(),),
        lead="/buy places an order, /balance shows what you have.",
    )


def removed_card(removed: Removed) -> Card:
    """A link is gone."""
    spec = get_broker(removed.link.broker)
    notes: tuple[str, ...] = ()
    if spec.auth_flow is not AuthFlow.NONE and not removed.withdrawn:
        notes = (f"{spec.name} still knows the access that you gave. Delete it there too.",)
    return Card(
        title=f"Removed · {removed.link.label}",
        tone=Tone.GOOD,
        badges=(removed.link.environment.value.upper(),),
        lead="Its session is closed and what was stored to reach it is erased. "
        "/setup broker opens an account again.",
        notes=notes,
    )


def accounts_card(
    accounts: Sequence[LinkedAccount],
    failed: Sequence[UnreachableLink],
    person: Person,
    paused: frozenset[BrokerId] = frozenset(),
) -> Card:
    """Every account of a person, and which are defaults.

    Args:
        paused: Brokers at which the operator lets nothing be opened.
    """
    return Card(
        title="Your accounts",
        tone=Tone.NEUTRAL if accounts else Tone.CAUTION,
        lead="" if accounts else "You have no account. /setup broker opens one.",
        rows=tuple(Row(one.title, _account(one, person, paused)) for one in accounts),
        notes=tuple(f"{one.link.label}: {one.error.message}" for one in failed),
        buttons=_renewals(failed),
    )


def _renewals(failed: Sequence[UnreachableLink]) -> tuple[Button, ...]:
    """A button for each link that its broker no longer accepts."""
    dead = [one.link for one in failed if one.error.code in REFUSALS]
    return tuple(
        Button(label=f"Renew {link.label}"[:80], custom_id=f"fb:renew:{link.link_id}")
        for link in dead[:5]
    )


def _account(account: LinkedAccount, person: Person, paused: frozenset[BrokerId]) -> str:
    kinds = [kind for kind, key in person.defaults.items() if key == account.key]
    default = f" · default for {', '.join(_kinds(kinds))}" if kinds else ""
    environment = account.link.environment.value.upper()
    left_out = " · left out" if account.excluded else ""
    live = " where live trading is on" * (account.link.environment is Environment.LIVE)
    closing = f" · paused by the operator, closing still works{live}"
    held = closing * (account.link.broker in paused)
    return f"{account.spec.name} · {environment}{default}{left_out}{held}"


def _kinds(kinds: Sequence[str]) -> list[str]:
    return ["everything else" if kind == ANY else kind for kind in sorted(kinds)]


def default_card(account: LinkedAccount, kind: str) -> Card:
    """A default was set."""
    what = "everything without a default of its own" if kind == ANY else kind
    return Card(
        title=f"Default account · {account.title}",
        tone=Tone.GOOD,
        badges=(account.link.environment.value.upper(),),
        lead=f"Orders for {what} go there unless you name another account.",
    )


def status_card(
    mode: DeploymentMode,
    accounts: Sequence[LinkedAccount],
    failed: Sequence[UnreachableLink],
    details: Mapping[LinkId, str],
    keys: Mapping[LinkId, Sequence[str]],
    gateways: Mapping[BrokerId, Sequence[GatewayCheck]],
) -> Card:
    """How each link is doing.

    Args:
        details: What brokers say of links that are connected.
        keys: What one should know of their keys.
        gateways: What a look at each gateway showed.
    """
    every = [one.link for one in accounts] + [one.link for one in failed]
    environments = {link.environment.value.upper() for link in every}
    links = [
        Row(account.title, details.get(account.link.link_id) or "connected") for account in accounts
    ]
    links += [Row(one.link.label, one.error.message) for one in failed]
    ends = {one.link.label: one.link.ends_at for one in accounts}
    links += [Row(f"{label} ends", at) for label, at in ends.items() if at is not None]
    none = () if links else ("None yet.",)
    return Card(
        title="Status",
        tone=Tone.CAUTION if failed or any(map(wrong, gateways.values())) else Tone.GOOD,
        badges=tuple(sorted(environments)),
        rows=(Row("Deployment", mode.value),),
        sections=(
            Section(heading="Links", lines=none, rows=tuple(links)),
            *(gateway_section(broker, checks) for broker, checks in gateways.items()),
        ),
        notes=(
            *(f"{one.link.label}: {one.error.words.now}" for one in failed),
            *_of_keys(accounts, keys),
        ),
        buttons=_renewals(failed),
    )


def _of_keys(
    accounts: Sequence[LinkedAccount], keys: Mapping[LinkId, Sequence[str]]
) -> tuple[str, ...]:
    labels = {one.link.link_id: one.link.label for one in accounts}
    return tuple(f"{labels[link]}: {told}" for link, every in keys.items() for told in every)
