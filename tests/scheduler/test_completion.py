"""Tab completes the command line in a real bash, whatever the state of the database."""

import shutil
import subprocess
import sys

import pytest

from scheduler.cli import winnow as root
from scheduler.commands.completion import script
from scheduler.installation import ROOT
from tests.support import articles
from tests.support.records import run_record
from tests.support.winnow import Winnow

SITES = '[site.beacon]\nurl = "https://beacon.example.com/"\n[site.harbour]\nurl = "https://harbour.example.com/"\n'
# As bash calls it on Tab, for each line of words on standard input
PRESSED = """
compopt() { :; }
while IFS= read -r line; do
    IFS=' ' read -ra COMP_WORDS <<< "$line"
    [[ $line == *' ' ]] && COMP_WORDS+=("")
    COMP_CWORD=$(( ${#COMP_WORDS[@]} - 1 )) COMPREPLY=()
    "$completer" "${COMP_WORDS[0]}"
    echo "${COMPREPLY[*]}"
done
"""


@pytest.fixture
def winnow(mongo_uri, sync_database, tmp_path):
    """The command with two sites, two articles and a run."""
    (tmp_path / "sites.toml").write_text(SITES)
    articles.store(sync_database, articles.article(1), articles.article(2))
    sync_database["runs"].insert_one(run_record(7, state="finished"))
    return Winnow(tmp_path, mongo_uri)


@pytest.fixture
def program(tmp_path):
    """A folder with a program `winnow`, and one `run` as a clone has it."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name, shift in (("winnow", ""), ("run", "shift; ")):
        (folder / name).write_text(f'#!/bin/sh\n{shift}cd {ROOT} && exec {sys.executable} -m scheduler "$@"\n')
        (folder / name).chmod(0o755)
    return folder


def press(winnow, program, text, *lines, completer="_winnow_completion", **environ):
    """Offers for each line, of which the last word is being typed, and what was written to standard error."""
    options = winnow.options(PATH=f"{program}:/usr/bin:/bin", completer=completer, **environ)
    typed = "".join(f"{line}\n" for line in lines)
    done = subprocess.run(
        [shutil.which("bash"), "--norc", "-c", text + PRESSED], **options, input=typed, capture_output=True, check=True
    )
    return [line.split() for line in done.stdout.splitlines()], done.stderr


def test_commands_options_sites_runs_and_articles_are_completed(winnow, program):
    text = winnow("completion", "bash", PATH=f"{program}:/usr/bin:/bin").stdout
    first, second = (articles.article(number)["_id"] for number in (1, 2))
    lines = {
        "winnow ar": ["articles"],
        "winnow articles sh": ["show"],
        "winnow articles --st": ["--status"],
        "winnow articles --status q": ["quarantined"],
        "winnow articles 港口 --site b": ["beacon"],
        "winnow articles export a --format p": ["parquet"],
        f"winnow articles show {first[:6]}": [first],
        "winnow runs show beacon": ["beacon-7"],
        "winnow sites pause ": ["beacon", "harbour"],
        "winnow crawl h": ["harbour"],
    }
    offered, errors = press(winnow, program, text, *lines, "winnow articles show ")
    assert dict(zip(lines, offered, strict=False)) == lines
    assert set(offered[-1]) == {first, second}
    assert errors == ""


def test_a_clone_makes_the_command_and_completes_it_also_behind_run(winnow, program):
    said = script(root, "bash", is_on_path=False)
    assert f"{ROOT}/run winnow" in said
    text = said.replace(str(ROOT / "run"), str(program / "run"))  # the real one would look for packages to install
    (program / "winnow").unlink()
    assert press(winnow, program, text, "winnow articles sh") == ([["show"]], "")
    behind = press(winnow, program, text, "./run winnow articles sh", completer="_winnow_run_completion")
    assert behind == ([["show"]], "")


def test_nothing_is_offered_and_nothing_said_where_the_database_is_away(winnow, program):
    text = winnow("completion", "bash", PATH=f"{program}:/usr/bin:/bin").stdout
    for uri in ("mongodb://127.0.0.1:9/", "nonsense://"):
        assert press(winnow, program, text, "winnow articles show ", MONGODB_URI=uri) == ([[]], "")


def test_no_database_is_started_for_a_key_that_is_pressed(winnow, program, tmp_path):
    text = winnow("completion", "bash", PATH=f"{program}:/usr/bin:/bin").stdout
    there = tmp_path / "new"
    offered = press(winnow, program, text, "winnow articles show ", MONGODB_URI="", WINNOW_DATA=str(there))
    assert offered == ([[]], "")
    assert not there.exists()


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_other_shells_ask_the_program_of_the_clone(shell):
    said = script(root, shell, is_on_path=False)
    assert said.count(f"{ROOT}/run winnow") == 2  # the command, and what is asked on Tab
    assert "commands[winnow]" not in said
    assert script(root, shell, is_on_path=True).count("/run") == 0
