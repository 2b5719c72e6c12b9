"""Every index, as the repositories declare them."""

from typing import Final

from floorbroker.storage import (
    audit,
    connection_events,
    day_values,
    ideas,
    link_tickets,
    moment_values,
    notices,
    orders,
    overview,
    own_alerts,
    paper_books,
    past_orders,
    people,
    personal,
    sealed,
    snapshots,
)

INDEXES: Final = (
    *audit.INDEXES,
    *connection_events.INDEXES,
    *day_values.INDEXES,
    *ideas.INDEXES,
    *link_tickets.INDEXES,
    *moment_values.INDEXES,
    *notices.INDEXES,
    *orders.INDEXES,
    *overview.INDEXES,
    *own_alerts.INDEXES,
    *paper_books.INDEXES,
    *past_orders.INDEXES,
    *people.INDEXES,
    *personal.INDEXES,
    *sealed.INDEXES,
    *snapshots.INDEXES,
)
