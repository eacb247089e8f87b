"""The only rooms that speak HTTP to the sites we watch: guard, gate, robots and fetch."""
