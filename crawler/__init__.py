"""Finds and fetches articles: what a site announces, what a page says. Knows nothing of stages or schedules."""
