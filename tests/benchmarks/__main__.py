"""`./run bench [NAME…]`: the benchmarks of this folder, all if none is named; one JSON object on stdout."""

import json
import sys

from tests.benchmarks.crawl_cost import crawl_cost
from tests.benchmarks.idle_service import idle_service

BENCHMARKS = {"crawl": crawl_cost, "idle": idle_service}

chosen = sys.argv[1:] or list(BENCHMARKS)
if unknown := set(chosen) - set(BENCHMARKS):
    sys.exit(f"no benchmark {', '.join(sorted(unknown))}; there are {', '.join(BENCHMARKS)}")
print(json.dumps({name: BENCHMARKS[name]() for name in chosen}, indent=2))
