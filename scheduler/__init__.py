"""Runs it all: command line, timed service, one process per crawl. Never imports scrapy."""
