"""`./run bench`: every benchmark of this folder, one JSON object on stdout."""

import json

from tests.benchmarks.crawl_cost import crawl_cost

print(json.dumps({"crawl": crawl_cost()}, indent=2))
