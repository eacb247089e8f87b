"""The manual that runs: one behaviour each, over real wires and real SQLite."""
