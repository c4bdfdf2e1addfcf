"""`./run bench [NAME…]`: the benchmarks of this folder, without a name those of minutes; one JSON object on stdout."""

import json
import sys

from tests.benchmarks.crawl_cost import crawl_cost
from tests.benchmarks.idle_service import idle_service
from tests.benchmarks.page_cost import page_cost
from tests.benchmarks.search_cost import search_cost, search_cost_of_a_million

BENCHMARKS = {
    "crawl": crawl_cost,
    "idle": idle_service,
    "pages": page_cost,
    "search": search_cost,
    "search-million": search_cost_of_a_million,
}
LONG = {"search-million"}  # run only when it is named

chosen = sys.argv[1:] or [name for name in BENCHMARKS if name not in LONG]
if unknown := set(chosen) - set(BENCHMARKS):
    sys.exit(f"no benchmark {', '.join(sorted(unknown))}; there are {', '.join(BENCHMARKS)}")
print(json.dumps({name: BENCHMARKS[name]() for name in chosen}, indent=2))
