"""A small Chinese and English news site in a process of its own, with spam and copies planted, that knows the truth.

One process can serve many small ones, each with a port, a seed and texts of its own.

`python -m tests.support.newsroom` serves it; `process.Newsroom` starts that as a child. `writing` composes texts from
`stock/`, `copies` plants copies, `site` holds the articles, `pages` draws them from `templates/`, `server` serves.
"""
