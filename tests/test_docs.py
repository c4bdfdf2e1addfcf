import pytest

from tests.support.docs import DOCS, render

PAGES = sorted(DOCS.glob("*.md"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_tables_are_those_of_the_code(page):
    text = page.read_text(encoding="utf-8")
    assert render(text) == text, "run ./run docs"


def test_every_page_that_the_readme_names_is_there():
    assert {"design.md", "sites.md", "settings.md", "cli.md"} <= {page.name for page in PAGES}
