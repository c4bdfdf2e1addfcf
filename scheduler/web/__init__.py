"""The web page and its API: reads through the store, asks the service through what is handed in, starts nothing."""
