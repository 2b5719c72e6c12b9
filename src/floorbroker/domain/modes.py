"""Where the product runs, and whether money is real."""

from enum import StrEnum


class DeploymentMode(StrEnum):
    """One bot for many people, or one person's bot at home."""

    MULTI_USER = "multi-user"
    SINGLE_USER = "single-user"


class Environment(StrEnum):
    """Part of a link, never a switch: paper and live never mix."""

    PAPER = "paper"
    LIVE = "live"


class Role(StrEnum):
    """What one process of the service does; all of it, unless several share the work."""

    ALL = "all"
    WEB = "web"
    WORKER = "worker"
