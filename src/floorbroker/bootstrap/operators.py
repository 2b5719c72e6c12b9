"""What operators have of a process: its alerts."""

from floorbroker.bot.app import FloorbrokerBot
from floorbroker.bot.ops_messenger import DiscordOpsMessenger
from floorbroker.config import Settings
from floorbroker.services.alert_looks import AlertLooks
from floorbroker.services.alerting import Alerting
from floorbroker.storage.documents import Documents
from floorbroker.storage.ops_alerts import OpsAlerts


def build_alerting(
    settings: Settings, store: Documents, looks: AlertLooks, bot: FloorbrokerBot, process: str
) -> Alerting:
    """What looks after the service and tells its operators; `process` is a word for this one."""
    messenger = DiscordOpsMessenger(
        bot,
        channel_id=settings.ops_channel_id,
        operators=(settings.operator_ids | {settings.owner_id}) - {""},
    )
    return Alerting(
        looks=looks,
        stored=OpsAlerts(store),
        messenger=messenger,
        clock=bot.front.floor.clock,
        process=process,
    )
