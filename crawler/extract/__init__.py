"""Pure: a parsed article page → an Article, or the reason why it is none."""
