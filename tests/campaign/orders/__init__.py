"""The order's whole life over the real services and a real store, as Hypothesis thinks it up."""
