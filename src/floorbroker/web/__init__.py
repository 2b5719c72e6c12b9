"""The small web side: health, metrics, and later the pages that Discord cannot have."""
