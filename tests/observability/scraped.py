"""Metrics as Prometheus reads them."""

from prometheus_client.parser import text_string_to_metric_families

from floorbroker.observability.metrics import Metrics


def samples(metrics: Metrics) -> dict[tuple[str, tuple[str, ...]], float]:
    """Values by name and sorted label values, buckets left out."""
    body, _ = metrics.render()
    return {
        (sample.name, tuple(sorted(sample.labels.values()))): sample.value
        for family in text_string_to_metric_families(body.decode())
        for sample in family.samples
        if "le" not in sample.labels
    }
