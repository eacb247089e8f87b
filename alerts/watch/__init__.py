"""Watchlists: what is looked for, how it is written, and where a statement meets it."""
