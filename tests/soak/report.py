"""What a soak found, as JSON and as a table to read."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table

from tests.soak.growth import quantile

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.soak.faults import Fault
    from tests.soak.growth import Growth
    from tests.soak.ledger import Account


@dataclass(slots=True, kw_only=True)
class Articles:
    """`lost` were stored and are gone; `missing` are genuine and neither stored nor judged; `twice` have two records.

    `unfetched` are genuine and were judged by their teaser alone.
    """

    published: int
    genuine: int
    stored: int
    unfetched: int
    lost: list[str]
    missing: list[str]
    twice: list[str]


@dataclass(slots=True, kw_only=True)
class Left:
    """What was left lying when the service had ended: all of it should be nothing."""

    running: list[str]
    leases: list[str]
    crawls: int
    false_ends: list[str]


@dataclass(slots=True, kw_only=True)
class Service:
    """The service's process: its starts, what each ended with, and what it held.

    `exit` is the code of its orderly end, `tracebacks` how often its log has one that ends so.
    """

    starts: int
    codes: dict[str, int]
    exit: int | None
    most_mib: float
    most_files: int
    most_threads: int
    most_children: int
    most_zombies: int
    tracebacks: dict[str, int]
    growth: list[Growth]


@dataclass(slots=True, kw_only=True)
class Report:
    """All of it. `settled` says that every site was run once more after the last fault.

    Only then can be said what is missing.
    """

    seconds: float
    sites: int
    every: int
    busy: float
    settled: bool
    left_out: list[str]
    states: dict[str, int]
    account: Account
    delay: dict[str, float]
    articles: Articles
    left: Left
    service: Service
    faults: dict[str, dict[str, Any]]
    failures: list[str] = field(default_factory=list)

    def judge(self) -> None:
        """Note all that must not be."""
        verdicts = {
            "run twice": self.account.doubles,
            "moments lost": self.account.gaps,
            "articles lost": self.articles.lost,
            "articles missing": self.articles.missing,
            "articles stored twice": self.articles.twice,
            "runs left running": self.left.running,
            "leases left": self.left.leases,
            "killed runs called finished": self.left.false_ends,
            "leaks": [each.what for each in self.service.growth if each.is_leak()],
        }
        self.failures = [f"{what}: {len(found)}, {'; '.join(found[:3])}" for what, found in verdicts.items() if found]
        if not self.settled:
            self.failures.append("not every site was crawled once more at the end")
        never = {name: row["never_well"] for name, row in self.faults.items() if row["never_well"]}
        self.failures += [f"not well again after {name}: {count} times" for name, count in never.items()]
        if self.left.crawls:
            self.failures.append(f"crawl processes left: {self.left.crawls}")
        if self.service.exit != 0:
            self.failures.append(f"the service ended with {self.service.exit}")
        self.failures += [f"traceback, {count} times: {line}" for line, count in self.service.tracebacks.items()]
        if "1" in self.service.codes:
            self.failures.append(f"the service failed {self.service.codes['1']} times")

    def json(self) -> dict[str, Any]:
        return asdict(self)


def by_kind(faults: Sequence[Fault]) -> dict[str, dict[str, Any]]:
    """Return of each kind of fault how many there were, how long they lasted and how long all took to be well again."""
    found = {}
    for name in dict.fromkeys(fault.kind.name for fault in faults):
        mine = [fault for fault in faults if fault.kind.name == name]
        took = [fault.recovery for fault in mine if fault.recovery is not None]
        found[name] = {
            "count": len(mine),
            "lasted_s": round(quantile([fault.until - fault.at for fault in mine], 0.5), 1),
            "recovery_p50_s": round(quantile(took, 0.5), 1),
            "recovery_max_s": round(max(took, default=0.0), 1),
            "never_well": len(mine) - len(took),
        }
    return found


def show(report: Report) -> None:
    """Print the tables to stderr; the JSON on stdout stays by itself."""
    console = Console(stderr=True, highlight=False, width=140)
    console.print(_faults(report))
    console.print(_facts(report))
    for line in (*report.left_out, *report.failures):
        console.print(f"! {line}", style="bold red", markup=False)
    console.print("nothing lost, nothing twice, nothing left" if not report.failures else "FAILED", style="bold")


def _faults(report: Report) -> Table:
    table = Table(title=f"{report.sites} sites, {report.seconds / 60:.0f} minutes")
    for name in ("fault", "count", "lasted p50 s", "well again p50 s", "max s", "never"):
        table.add_column(name, justify="left" if name == "fault" else "right")
    for name, row in report.faults.items():
        table.add_row(name, *(str(value) for value in row.values()))
    return table


def _facts(report: Report) -> Table:
    told, stored, service = report.account, report.articles, report.service
    table = Table(show_header=False)
    rows = {
        "moments due / run / made up / lost": f"{told.due} / {told.run} / {told.made_up} / {told.lost}",
        "doubles": len(told.doubles),
        "runs by state": ", ".join(f"{count} {state}" for state, count in report.states.items()),
        "begin after due moment, s": ", ".join(f"{name} {value:.2f}" for name, value in report.delay.items()),
        "longest wait beyond interval and outages, s": f"{told.longest_wait:.0f}",
        "articles genuine / stored / lost / missing / twice": f"{stored.genuine} / {stored.stored} / "
        f"{len(stored.lost)} / {len(stored.missing)} / {len(stored.twice)}",
        "service: starts, most MiB, files, threads, zombies": f"{service.starts}, {service.most_mib:.0f}, "
        f"{service.most_files}, {service.most_threads}, {service.most_zombies}",
        "machine busy": f"{report.busy:.0%}",
    }
    for name, value in rows.items():
        table.add_row(name, str(value))
    for each in service.growth:
        files = f"{each.files_before} to {each.files} files, {each.threads_before} to {each.threads} threads"
        table.add_row(each.what, f"{each.rss_before:.1f} to {each.rss:.1f} MiB, {files}")
    return table
