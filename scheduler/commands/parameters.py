"""Parameter types that several commands take."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import click

_AGO = re.compile(r"(\d+)([hdw])")
_UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}


class Moment(click.ParamType[datetime]):
    """A moment as ISO 8601, local time where no zone is given, or as an age: `36h`, `7d`, `2w`."""

    name = "moment"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        if isinstance(value, datetime):
            return value
        ago = _AGO.fullmatch(value)
        try:
            if ago:
                return datetime.now(UTC) - int(ago.group(1)) * _UNITS[ago.group(2)]
            return datetime.fromisoformat(value).astimezone()
        except (ValueError, OverflowError):
            self.fail(
                f"{value!r} is no moment: write 2025-09-18, 2025-09-18T12:00+08:00 or an age such as 7d",
                param,
                ctx,
            )


MANY = 1_000_000_000  # more than any store holds, and within what MongoDB takes as a limit
json_option = click.option("--json", "as_json", is_flag=True, help="Write JSON for programs.")
