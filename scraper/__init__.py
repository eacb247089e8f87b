"""The first room of the house: takes a source and leaves stored statements. Never imports `alerts`."""
