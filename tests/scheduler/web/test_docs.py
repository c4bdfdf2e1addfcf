"""docs/web.md tells of what there is."""

import re
from pathlib import Path

PAGE = (Path(__file__).parents[3] / "docs" / "web.md").read_text(encoding="utf-8")


def test_every_address_for_programs_is_documented(client):
    for path in client.get("/api/openapi.json").json()["paths"]:
        written = (
            path.replace("{name}", "SITE")
            .replace("{run}", "RUN")
            .replace("{article}", "ID")
            .replace("{story}", "STORY")
            .replace("{review}", "REVIEW")
            .replace("{id}", "ID")
        )
        assert written in PAGE or written.rpartition("/")[2] in ("resume", "run"), path


def test_every_metric_is_documented(client):
    told = set(re.findall(r"^# TYPE (winnow_\w+)", client.get("/metrics").text, re.MULTILINE))
    documented = set(re.findall(r"winnow_\w+", PAGE))
    assert told
    assert told <= documented
