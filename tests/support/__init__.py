"""Real parts for the tests and the demo: a news site in a process of its own, and what finds the shared data."""
