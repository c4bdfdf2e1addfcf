"""The real command in a process of its own, as a person or a script runs it."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]


@dataclass
class Winnow:
    """A command line in an environment of its own; `data` takes its logs, and its database unless `uri` names one."""

    data: Path
    uri: str = ""
    environ: dict[str, str] = field(default_factory=dict)

    def __call__(self, *arguments: str, code: int = 0, **environ: str) -> subprocess.CompletedProcess[str]:
        """Run a command and check its exit code."""
        done = subprocess.run(
            self.command(*arguments), **self.options(**environ), capture_output=True, timeout=110, check=False
        )
        assert done.returncode == code, f"exit {done.returncode}\n{done.stdout}\n{done.stderr}\n{self.logs()}"
        return done

    def json(self, *arguments: str, **options: Any) -> Any:
        """Run a command with --json and return what it says."""
        return json.loads(self(*arguments, "--json", **options).stdout)

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "scheduler", *arguments]

    def options(self, **environ: str) -> dict[str, Any]:
        """What to hand to subprocess: folder, text mode, environment."""
        ours = {"WINNOW_DATA": str(self.data), "MONGODB_URI": self.uri, "WINNOW_DELAY": "0"}
        ours["WINNOW_SITES"] = str(self.data / "sites.toml")
        return {"cwd": ROOT, "text": True, "env": os.environ | ours | self.environ | environ}

    def logs(self) -> str:
        """The ends of all logs, for a failed test."""
        return "\n".join(log.read_text()[-3000:] for log in sorted((self.data / "logs").glob("*.log"))[-2:])
