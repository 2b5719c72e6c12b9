"""A broker's page and the table of access, from the manifests alone."""

from collections.abc import Iterable

from floorbroker.brokers.availability import availability
from floorbroker.brokers.loading import credentials_model
from floorbroker.brokers.registry import all_brokers, get_broker
from floorbroker.brokers.spec import AuthFlow, BrokerSpec, Capability
from floorbroker.domain.modes import DeploymentMode

_FLOWS = {
    AuthFlow.NONE: "nothing",
    AuthFlow.API_KEY: "a key that you make at the broker",
    AuthFlow.OAUTH2: "signing in on the broker's own page (OAuth 2.0)",
    AuthFlow.OAUTH1: "signing in on the broker's own page (OAuth 1.0a)",
    AuthFlow.LOCAL_GATEWAY: "the login at the gateway on the bot's machine",
}


def access_table() -> str:
    """Who must approve what before a broker can be linked."""
    lines = [
        "| Broker | Approval | How long | Settings of the operator |",
        "| --- | --- | --- | --- |",
    ]
    for spec in all_brokers():
        approval = "required" if spec.approval.required else "none"
        settings = ", ".join(f"`{name}`" for name in spec.operator_settings) or "–"
        lines.append(
            f"| {_plain(spec.name)} | {approval} | {_plain(spec.approval.timeline)} | {settings} |"
        )
    return "\n".join(lines) + "\n"


def multi_user_list() -> str:
    """The brokers that a bot in the cloud can have, with their state in this version."""
    cloud = (spec for spec in all_brokers() if DeploymentMode.MULTI_USER in spec.modes)
    return _bullets(f"{spec.name}: {_in_short(spec)}" for spec in cloud) + "\n"


def local_list() -> str:
    """The brokers that need a process beside the bot, with their state in this version."""
    local = (spec for spec in all_brokers() if DeploymentMode.MULTI_USER not in spec.modes)
    return _bullets(f"{spec.name}: {_in_short(spec)}" for spec in local) + "\n"


def _in_short(spec: BrokerSpec) -> str:
    if spec.supported_by is not None:
        return f"closed; leads to {get_broker(spec.supported_by).name}"
    state = "works now" if spec.adapter else "not built yet"
    return state if spec.gateway is None else f"{state}; needs {spec.gateway.process}"


def manifest(spec: BrokerSpec) -> str:
    """Everything that a manifest says, for people."""
    blocks = [_state(spec), _facts(spec)]
    if spec.warning:
        blocks.append(f"> ⚠️ {_plain(spec.warning)}")
    if spec.gateway is not None:
        blocks.append(_gateway(spec))
    if spec.requirements:
        blocks.append("## What you need\n\n" + _bullets(spec.requirements))
    if spec.setup_steps:
        title = "How to begin" if spec.adapter else "How linking will go"
        blocks.append(f"## {title}\n\n" + _numbered(spec.setup_steps))
    if not spec.retired:
        blocks.append("## What it can do\n\n" + _abilities(spec))
    return "\n\n".join(blocks) + "\n"


def _state(spec: BrokerSpec) -> str:
    if spec.supported_by is not None:
        return f"**Closed.** The id leads to {get_broker(spec.supported_by).name}."
    if spec.adapter is not None:
        return "**Works now.**"
    listed = availability(spec, DeploymentMode.SINGLE_USER, frozenset())
    return (
        "**Not built yet.** The bot lists this broker and gates it by deployment mode; nobody can "
        f'link it. /setup broker says: "{listed.reason_for_people}"'
    )


def _facts(spec: BrokerSpec) -> str:
    cloud = DeploymentMode.MULTI_USER in spec.modes
    facts = [
        ("Id", f"`{spec.id}`"),
        ("Deployment modes", "multi-user and single-user" if cloud else "single-user only"),
        ("Connects by", f"{spec.api_type}; {spec.auth_method}"),
        ("Linked with", _linked_with(spec)),
        ("Paper or live", _words(spec.environments)),
        ("Trades", _words(spec.asset_classes)),
        ("Approval", spec.approval.timeline),
    ]
    if spec.operator_settings:
        named = ", ".join(f"`{name}`" for name in spec.operator_settings)
        facts.append(("Settings of the operator", named))
    if spec.sign_in_settings:
        named = ", ".join(f"`{name}`" for name in spec.sign_in_settings)
        facts.append(("Settings for signing in", named))
    if spec.extra:
        facts.append(("Extra", f'`pip install "floorbroker[{spec.extra}]"`'))
    if spec.adapter is not None and spec.auth_flow not in {AuthFlow.OAUTH1, AuthFlow.OAUTH2}:
        fields = ", ".join(f"`{name}`" for name in credentials_model(spec).model_fields)
        facts.append(("Credentials", fields or "none"))
    if spec.alternatives:
        facts.append(("Closest in the cloud", " or ".join(_names(spec.alternatives))))
    rows = [f"| {name} | {_plain(value)} |" for name, value in facts]
    return "\n".join(["| | |", "| --- | --- |", *rows])


def _linked_with(spec: BrokerSpec) -> str:
    usual = _FLOWS[spec.auth_flow]
    return f"{usual}, or by signing in there" if spec.sign_in and spec.takes_keys else usual


def _gateway(spec: BrokerSpec) -> str:
    assert spec.gateway is not None
    gateway = spec.gateway
    lines = ["| Port | What it stands for |", "| --- | --- |"]
    lines += [f"| {port} | {what} |" for port, what in gateway.ports]
    intro = f"The bot will look for {gateway.process} on localhost:{gateway.port}."
    return "\n".join(["## The gateway", "", intro, "", *lines])


def _abilities(spec: BrokerSpec) -> str:
    having = [_word(one) for one in Capability if one in spec.capabilities]
    lacking = [_word(one) for one in Capability if one not in spec.capabilities]
    return _bullets(
        [
            f"Order types: {_words(spec.order_types)}",
            f"Times in force: {_words(spec.times_in_force)}",
            f"Offered: {', '.join(having) or 'nothing more'}",
            f"Not offered: {', '.join(lacking) or 'nothing'}",
            f"A working order is looked at every {spec.poll_seconds} s; an absent one may still "
            f"turn up for {spec.settle_seconds} s.",
        ]
    )


def _names(ids: Iterable[str]) -> list[str]:
    return [get_broker(one).name for one in ids]


def _words(values: Iterable[str]) -> str:
    return ", ".join(sorted(_word(value) for value in values)) or "nothing"


def _word(value: str) -> str:
    return str(value).replace("_", " ")


def _bullets(lines: Iterable[str]) -> str:
    return "\n".join(f"- {_plain(line)}" for line in lines)


def _numbered(lines: Iterable[str]) -> str:
    return "\n".join(f"{number}. {_plain(line)}" for number, line in enumerate(lines, 1))


def _plain(text: str) -> str:
    return text.replace("|", r"\|").replace("*", r"\*")
