"""Every index, as the repositories declare them."""

from typing import Final

from floorbroker.storage import audit, link_tickets, notices, orders, paper_books, people, sealed

INDEXES: Final = (
    *audit.INDEXES,
    *link_tickets.INDEXES,
    *notices.INDEXES,
    *orders.INDEXES,
    *paper_books.INDEXES,
    *people.INDEXES,
    *sealed.INDEXES,
)
