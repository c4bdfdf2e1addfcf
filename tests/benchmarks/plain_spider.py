"""What a user writes first: CrawlSpider, LinkExtractor, trafilatura, insert_one. The measure to compare with."""

import os

import pymongo
import trafilatura
from scrapy.linkextractors import LinkExtractor
from scrapy.spiders import CrawlSpider, Rule


class PlainSpider(CrawlSpider):
    name = "plain"
    custom_settings = {  # noqa: RUF012 - Scrapy's way
        "LOG_LEVEL": "WARNING",
        "TELNETCONSOLE_ENABLED": False,
        "CONCURRENT_REQUESTS_PER_DOMAIN": 8,
        "DOWNLOAD_DELAY": 0,
        "ROBOTSTXT_OBEY": True,
    }
    rules = (
        Rule(LinkExtractor(allow=os.environ["PLAIN_ARTICLES"]), callback="parse_article", follow=True),
        Rule(LinkExtractor(allow=os.environ["PLAIN_LISTS"])),
    )

    def __init__(self, home: str, **arguments: str) -> None:
        super().__init__(**arguments)
        self.start_urls = [home]
        self.articles = pymongo.MongoClient(os.environ["PLAIN_MONGODB"])["plain"]["articles"]

    def parse_article(self, response):
        found = trafilatura.bare_extraction(response.text, url=response.url, with_metadata=True)
        if found:
            fields = {"url": response.url, "title": found.title, "text": found.text, "author": found.author}
            self.articles.insert_one(fields | {"date": found.date})
