"""Full text, Chinese too: an embedded index derived from the articles, and what shows why something was found."""
