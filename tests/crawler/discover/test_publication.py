import pytest

from crawler.discover.publication import cms_of, title_of
from crawler.document import parse

HOME = "https://news.example.com/"


def page(head="", body=""):
    return parse(f"<html><head>{head}</head><body>{body}</body></html>".encode(), HOME)


@pytest.mark.parametrize(
    ("head", "title"),
    [
        ("<title> 河口 \n 晚报 </title>", "河口 晚报"),
        ("<title>Front page</title><meta property='og:site_name' content='The Lantern'>", "The Lantern"),
        ("<title></title>", ""),
        (f"<title>{'x' * 500}</title>", "x" * 80),
    ],
)
def test_a_publication_is_called_as_its_home_page_says(head, title):
    assert title_of(page(head)) == title


@pytest.mark.parametrize(
    ("head", "body", "cms"),
    [
        ("<meta name='Generator' content='Z-BlogPHP 1.7.3'>", "", "Z-BlogPHP 1.7.3"),
        ("<link href='/wp-content/themes/a/style.css'>", "", "WordPress"),
        ("", "<script src='/zb_users/theme/a/script.js'></script>", "Z-Blog"),
        ("", "<a href='/wp-content/'>how WordPress keeps its files</a>", None),
        ("", "", None),
    ],
)
def test_a_cms_is_known_by_its_own_word_or_by_where_the_files_come_from(head, body, cms):
    assert cms_of(page(head, body)) == cms
