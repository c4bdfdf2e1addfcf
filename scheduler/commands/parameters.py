"""Parameter types that several commands take."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import click

from scheduler.config import asked_at
from store.query_text import moment


class Moment(click.ParamType[datetime | date]):
    """A moment as ISO 8601, local time where no zone is given, an age (`36h`, `7d`, `2w`), or a publisher's day."""

    name = "moment"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime | date:
        if isinstance(value, date):
            return value
        try:
            return moment(value, asked_at())
        except ValueError as error:
            self.fail(str(error), param, ctx)


MANY = 1_000_000_000  # more than any store holds, and within what MongoDB takes as a limit
json_option = click.option("--json", "as_json", is_flag=True, help="Write JSON for programs.")
