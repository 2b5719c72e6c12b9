"""Every index is declared once."""

from collections import Counter

from floorbroker.storage.indexes import INDEXES


def test_no_two_indexes_of_a_collection_share_a_name_or_their_fields() -> None:
    names = Counter((index.collection, index.name) for index in INDEXES)
    fields = Counter((index.collection, index.fields) for index in INDEXES)

    assert [twice for twice, count in names.items() if count > 1] == []
    assert [twice for twice, count in fields.items() if count > 1] == []
