"""Cards: what a person sees, built by pure functions and shown by three renderers."""
