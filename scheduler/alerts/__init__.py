"""What matters to someone: judged against a site's own past runs, told once, and taken back when it is over."""
