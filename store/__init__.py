"""The leaf: MongoDB, URL keys, queries. Imports nothing of the project; only here is pymongo imported."""
