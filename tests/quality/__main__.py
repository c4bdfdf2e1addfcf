"""`./run quality {extraction|spam|neardup} PAGES.jsonl[.xz] ANSWERS.jsonl`: answers by the product's own code.

`./run quality mirrors`: what a crawl of each mirror keeps, against its truth.
"""

import importlib
import json
import sys
import tempfile
from pathlib import Path

from tests.quality.mirrors import PORTS, crawl
from tests.support.shared import lines

KINDS = ("extraction", "spam", "neardup")

if sys.argv[1:] == ["mirrors"]:
    for name in PORTS:
        with tempfile.TemporaryDirectory() as folder:
            table = crawl(name, Path(folder)).table()
            print(json.dumps({"mirror": name, **table}, indent=1))
    sys.exit()
if len(sys.argv) != 4 or sys.argv[1] not in KINDS:
    sys.exit(__doc__)
_, kind, given, wanted = sys.argv
answers = importlib.import_module(f"tests.quality.{kind}").answers
with Path(wanted).open("w", encoding="utf-8") as file:
    file.writelines(json.dumps(answer, ensure_ascii=False) + "\n" for answer in answers(lines(Path(given))))
