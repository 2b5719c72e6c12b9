"""`floorbroker doctor`: looks at everything that `floorbroker run` needs, and says what to do."""

from floorbroker.brokers.availability import Availability, availability
from floorbroker.cli.applications import application_findings
from floorbroker.cli.brokers import broker_finding, present_brokers
from floorbroker.cli.findings import Finding, Level
from floorbroker.cli.gateways import gateway_findings
from floorbroker.cli.giving_up import GivenUp
from floorbroker.cli.keys_status import sealed_finding
from floorbroker.cli.settings import not_set, read_settings, setting_findings
from floorbroker.cli.shared_redis import redis_findings
from floorbroker.cli.surroundings import (
    DISCORD_SECONDS,
    discord_findings,
    port_findings,
    public_url_finding,
    store_finding,
)
from floorbroker.config import PAGE_SETTINGS, Settings, Switch


async def examine() -> list[Finding]:
    """Everything about the settings of the environment; unreadable ones are all it then tells."""
    try:
        settings = read_settings()
    except GivenUp as reason:
        lines = str(reason).splitlines()
        return [Finding(level=Level.FAIL, about="settings", what=line) for line in lines]
    return await findings(settings)


async def findings(settings: Settings, discord_seconds: float = DISCORD_SECONDS) -> list[Finding]:
    """Everything about `settings`. Makes what a start would make in the store: its indexes."""
    return [
        *setting_findings(settings),
        await store_finding(settings),
        *await sealed_finding(settings),
        *await redis_findings(settings),
        *await discord_findings(settings, discord_seconds),
        *_web(settings),
        *await port_findings(settings),
        _metrics(settings),
        *(broker_finding(one, settings.configured) for one in present_brokers(settings)),
        *await application_findings(settings),
        *await gateway_findings(settings),
        *_trading(settings),
    ]


def _web(settings: Settings) -> list[Finding]:
    present = public_url_finding(settings)
    found = [] if present is None else [present]
    missing = sorted(PAGE_SETTINGS - settings.configured)
    begun = len(missing) < len(PAGE_SETTINGS)
    if begun or any(_waits_for_page(one, settings) for one in present_brokers(settings)):
        return found + [not_set(name, Level.WARN) for name in missing]
    what = "Not set. At home accounts are linked in the terminal: floorbroker link."
    if not settings.single_user:
        what = "Not set. Nothing needs it: no broker that is linked on a page is built in."
    return [Finding(level=Level.INFO, about="PUBLIC_URL", what=what)]


def _waits_for_page(present: Availability, settings: Settings) -> bool:
    """Whether people could link it if the page were there."""
    there = availability(
        present.spec, settings.deployment_mode, settings.configured | PAGE_SETTINGS
    )
    return there.selectable and not present.selectable


def _metrics(settings: Settings) -> Finding:
    ways = []
    if settings.metrics_token is not None:
        ways.append("on PORT behind METRICS_TOKEN")
    if settings.metrics_port is not None:
        ways.append("on METRICS_PORT, open to whoever reaches it")
    what = f"Served {' and '.join(ways)}." if ways else "Not served: no METRICS_TOKEN or _PORT."
    return Finding(level=Level.INFO, about="metrics", what=what)


def _trading(settings: Settings) -> list[Finding]:
    on = settings.live_trading is Switch.ON
    live = "On: real money, where person and server allow it too." if on else "Off: paper only."
    limits = settings.limits
    caps = (
        f"${limits.max_order_value:,} an order, ${limits.max_position_value:,} a position, "
        f"{limits.max_orders_per_day} orders a day, prices within {limits.price_collar_percent} %."
    )
    return [
        Finding(level=Level.INFO, about="LIVE_TRADING", what=live),
        Finding(level=Level.INFO, about="limits", what=caps),
    ]
