"""`python -m scheduler` is the `winnow` command."""

from scheduler.cli import main

main()
