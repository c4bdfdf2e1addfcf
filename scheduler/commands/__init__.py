"""The subcommands of `winnow`, a file each: they ask, print and exit; what they show is decided below."""
