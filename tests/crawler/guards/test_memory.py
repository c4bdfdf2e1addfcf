import subprocess
import sys

CHILD = """
from scrapy.settings import Settings
from scrapy.utils.test import get_crawler
from crawler.guards.memory import MemoryGuard
print(MemoryGuard(get_crawler()).get_virtual_size() >> 20)
"""


def test_what_the_parent_holds_is_not_the_crawls():
    ballast = bytearray(600 << 20)
    ballast[:: 1 << 12] = b"x" * len(ballast[:: 1 << 12])
    said = subprocess.run([sys.executable, "-c", CHILD], capture_output=True, text=True, check=True).stdout
    assert 10 < int(said) < 300
