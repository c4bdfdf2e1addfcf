"""Scrapy's spider package."""
