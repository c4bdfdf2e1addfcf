import pytest

from crawler.document import decode, parse

PAGE = '<html><head><meta charset="{}"><title>x</title></head><body><p>国际新闻报道，今天上午</p></body></html>'


@pytest.mark.parametrize(
    ("encoding", "declared", "header"),
    [
        ("gbk", "gb2312", ""),
        ("gb18030", "utf-8", "text/html; charset=gb2312"),
        ("utf-8", "gbk", "text/html; charset=gbk"),
        ("gbk", "utf-8", "text/html"),
        ("utf-16", "utf-16", ""),
        ("big5", "big5", ""),
    ],
)
def test_a_page_is_decoded_whatever_it_declares(encoding, declared, header):
    text = PAGE.format(declared).replace("国际新闻报道，今天上午", "中文報導")
    assert "中文報導" in decode(text.encode(encoding), header)[0]


@pytest.mark.parametrize(
    "body", [b"", b"\x00", b"   ", b"<!-- x", b"<html>", b"\xff\xfe", b"<" * 5000, b"<div>" * 3000]
)
def test_a_broken_page_gives_a_tree(body):
    assert parse(body, "http://example.com/").root is not None


def test_an_unknown_declared_encoding_is_passed_over():
    text, encoding = decode("新闻".encode("gbk"), "text/html; charset=klingon")
    assert (text, encoding) == ("新闻", "gb18030")
