"""Page in, items out: one file for each kind of source, and `article` for the page behind an item."""
