"""What lies in deploy/ fits the program: its options, files and limits. Images are not built here."""

import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

from crawler import settings
from scheduler import config
from store import connect, options

ROOT = Path(__file__).parents[1]
DEPLOY = ROOT / "deploy"
OPTIONS = {option.name: option for option in (*connect.OPTIONS, *settings.OPTIONS, *config.OPTIONS)}
SLACK = 40  # seconds beyond WINNOW_GRACE in which the service ends crawls that don't end themselves


def read(name: str) -> str:
    return (DEPLOY / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", sorted(path.name for path in DEPLOY.iterdir() if path.is_file()))
def test_every_setting_it_names_is_one(name):
    named = set(re.findall(r"\b(?:WINNOW_[A-Z_]+|MONGODB_URI)\b", read(name)))
    assert named <= set(OPTIONS)
    assert named or name == "winnow"


@pytest.fixture(scope="module")
def services():
    return yaml.safe_load(read("compose.yaml"))["services"]


def test_the_values_that_compose_sets_are_understood(services):
    given = services["winnow"]["environment"]
    values = {name: re.sub(r"\$\{\w+:-\}", "", re.sub(r"\$\{\w+:\?.*?\}", "x", value)) for name, value in given.items()}
    assert options.read(config.OPTIONS, values)["WINNOW_LISTEN"] == ("0.0.0.0", 8600)
    assert options.read(settings.OPTIONS, values)
    assert connect.read_settings(values).uri == "mongodb://winnow:x@mongo:27017/winnow?authSource=admin"


def test_compose_builds_what_is_there(services):
    build = services["winnow"]["build"]
    context = DEPLOY / build["context"]
    assert context.resolve() == ROOT
    assert (context / build["dockerfile"]).is_file()


def test_containers_have_no_rights_and_write_only_their_volumes(services):
    declared = yaml.safe_load(read("compose.yaml"))
    for service in services.values():
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
        assert {volume.partition(":")[0] for volume in service["volumes"]} <= set(declared["volumes"])
        assert set(service["networks"]) <= set(declared["networks"])


def test_only_the_service_is_published_and_on_loopback(services):
    assert services["winnow"]["ports"] == ["127.0.0.1:8600:8600"]
    assert "ports" not in services["mongo"]
    assert services["mongo"]["networks"] == ["inside"]


def test_a_stop_leaves_time_for_the_crawls(services):
    needed = int(OPTIONS["WINNOW_GRACE"].default) + SLACK
    assert int(services["winnow"]["stop_grace_period"].removesuffix("s")) > needed
    assert int(_unit()["TimeoutStopSec"]) > needed


def test_the_container_file_copies_all_packages_and_installs_as_run_does():
    text = read("Containerfile")
    copied = {source for line in re.findall(r"^COPY (?!--)(.*)$", text, re.MULTILINE) for source in line.split()[:-1]}
    assert all((ROOT / source).exists() for source in copied)
    packages = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["packages"]
    assert {package.partition(".")[0] for package in packages} <= copied
    sent = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    assert sent == copied
    ours, theirs = (_pip_options(each) for each in ((ROOT / "run").read_text(), text))
    assert ours <= theirs


def _pip_options(text: str) -> set[str]:
    found = re.search(r"pip install (.*--require-hashes.*) -r", text)
    assert found
    return set(found[1].split())


def test_the_health_check_asks_the_port_that_the_service_listens_on(services):
    port = OPTIONS["WINNOW_LISTEN"].parse(services["winnow"]["environment"]["WINNOW_LISTEN"])[1]
    assert f"http://127.0.0.1:{port}/health/live" in read("Containerfile")


def _unit() -> dict[str, str]:
    return dict(line.split("=", 1) for line in read("winnow.service").splitlines() if re.match(r"\w+=", line))


def test_the_unit_starts_and_names_what_the_other_files_do():
    unit = _unit()
    start = shlex.split(unit["ExecStart"])
    assert start[1:] == ["-P", "-m", "scheduler", "serve"]
    assert all(text in read("winnow") for text in (unit["EnvironmentFile"], unit["WorkingDirectory"], start[0]))
    assert "WINNOW_DATA=/var/lib/" + unit["StateDirectory"] in read("winnow.env").splitlines()
    assert unit["ExecStopPost"].split()[-2] == f"/var/lib/{unit['StateDirectory']}/mongod.supervisor"


@pytest.mark.skipif(
    not shutil.which("systemd-analyze") and not os.environ.get("CI"), reason="no systemd on this machine"
)
def test_systemd_finds_no_mistake_in_the_unit_and_little_exposure(tmp_path):
    unit = tmp_path / "winnow.service"
    unit.write_text(read("winnow.service").replace(shlex.split(_unit()["ExecStart"])[0], sys.executable))
    verified = subprocess.run(["systemd-analyze", "verify", unit], capture_output=True, text=True, check=False)
    assert (verified.returncode, verified.stderr) == (0, "")
    judged = ["systemd-analyze", "security", "--offline=true", "--threshold=20", unit]  # tenths
    assert subprocess.run(judged, capture_output=True, check=False).returncode == 0


def test_the_command_is_a_shell_script_without_mistakes():
    assert subprocess.run(["sh", "-n", DEPLOY / "winnow"], check=False).returncode == 0
    assert (DEPLOY / "winnow").stat().st_mode & 0o111
