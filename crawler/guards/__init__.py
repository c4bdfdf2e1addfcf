"""Scrapy middlewares that stand between a crawl and a hostile web: known articles, addresses, robots, size, pace."""
