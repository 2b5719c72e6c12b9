"""The small web side: health, metrics, and the pages that Discord cannot have."""
