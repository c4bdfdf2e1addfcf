"""The site's look: lists and articles as markup, in the manner of a small Chinese CMS. Pure."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from tests.support.newsroom.site import CATEGORIES, SITE, TAGS
from tests.support.newsroom.writing import MONTHS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime, timedelta

    from tests.support.newsroom.site import Post

_EXCERPT = 100  # characters
_HOUR, _DAY = 3600, 86400
_MONTH_DAYS, _YEAR_DAYS = 30, 365


def list_page(
    name: str, stem: str, posts: Sequence[Post], page: int, last: int, hot: Sequence[Post], now: datetime
) -> str:
    """Return a page of a list; `stem` is the address of the list without page number and ending."""
    items = "".join(_item(post, now) for post in posts)
    title = f"{name} - {SITE['name']}" if name else f"{SITE['name']} - {SITE['slogan']}"
    return _page(title, f'<div class="content listcon">{items}{_pagebar(stem, page, last)}</div>', hot, "index")


def article_page(
    post: Post, neighbours: tuple[Post | None, Post | None], related: Sequence[Post], hot: Sequence[Post], now: datetime
) -> str:
    """Return an article's page with what such sites hang below it."""
    draft, category = post.draft, post.category
    crumb = f'<a href="/">首页</a> &gt; <a href="/category-{category.number}.html">{category.name}</a> &gt; 正文'
    tags = " ".join(f'<a href="/tags-{TAGS.index(tag) + 1}.html">{tag}</a>' for tag in post.tags)
    body = f"""<div class="content"><div class="crumb">当前位置：{crumb}</div><div class="post">
<h1>{escape(draft.title)}</h1>
<div class="info">{_info(post, now)}\
<span class="cate"><a href="/category-{category.number}.html">{category.name}</a></span>\
<span class="view">{post.views}</span></div>
<div class="single">{_body(post)}</div>
<div class="copynotice"><p>版权声明：本文由{SITE["name"]}发布，转载请注明出处。</p></div>
<div class="sharebox">分享给朋友：<a href="#">微博</a> <a href="#">微信</a> <a href="#">QQ空间</a></div>
<div class="tags">标签：{tags}</div>
<div class="pages">{_neighbours(*neighbours)}</div>
<div class="relatebox"><h4>相关文章</h4>{"".join(map(_related, related))}</div>
{_comments(post)}</div></div>"""
    return _page(f"{draft.title} - {SITE['name']}", body, hot, "article english" if draft.lang == "en" else "article")


def picture(number: int) -> str:
    """Return a small drawing: a river under a sun, in the colours of its number."""
    hue = number * 47 % 360
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 320 160">'
        f'<rect width="320" height="160" fill="hsl({hue} 60% 85%)"/><circle cx="{60 + number % 200}" cy="50" r="22" '
        f'fill="hsl({hue + 40} 90% 60%)"/><path d="M0 110q80-40 160 0t160 0v50H0z" fill="hsl({hue} 50% 45%)"/></svg>'
    )


def age_of(age: timedelta, moment: datetime) -> str:
    """Return a moment as such sites print it: the age, from a month on with the date behind."""
    seconds, days = int(age.total_seconds()), age.days
    if seconds < 60:
        return "刚刚"
    if seconds < _HOUR:
        return f"{seconds // 60}分钟前"
    if seconds < _DAY:
        return f"{seconds // _HOUR}小时前"
    if days < _MONTH_DAYS:
        return f"{days}天前"
    if days < _YEAR_DAYS:
        return f"{days // _MONTH_DAYS}个月前 ({moment:%m-%d})"
    return f"{days // _YEAR_DAYS}年前 ({moment:%Y-%m-%d})"


def _page(title: str, main: str, hot: Sequence[Post], kind: str) -> str:
    menu = "".join(f'<li><a href="/category-{each.number}.html">{each.name}</a></li>' for each in CATEGORIES)
    side = "".join(f'<li><a href="{post.path}">{escape(post.draft.title)}</a></li>' for post in hot)
    return f"""<!DOCTYPE html>
<html lang="zh-CN"><head><meta charset="{{charset}}"><title>{escape(title)}</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="stylesheet" href="/style.css">
<link rel="alternate" type="application/rss+xml" href="/feed.xml" title="{SITE["name"]}"></head>
<body class="{kind}"><div class="header"><div class="wrap"><div class="logo"><a href="/">{SITE["name"]}</a> \
<small>{SITE["slogan"]}</small></div><div class="menu"><ul><li><a href="/">首页</a></li>{menu}</ul></div></div></div>
<div class="wrap">{main}<div class="sidebar"><div class="sidebox"><h3>热门文章</h3><ul>{side}</ul></div>
<div class="sidebox"><h3>其他</h3><ul><li><a href="/private/stats.html">统计</a></li>
<li><a href="/gone.html">旧版首页</a></li>
<li><a href="/go/latest">最新一篇</a></li></ul></div></div></div>
<div class="footer">Copyright 2025 {SITE["name"]} 版权所有</div>
<script>document.querySelectorAll("[data-original]").forEach(image => image.src = image.dataset.original)</script>
</body></html>"""


def _item(post: Post, now: datetime) -> str:
    return f"""<div class="item"><h2><a href="{post.path}">{escape(post.draft.title)}</a></h2>
<div class="info">{_info(post, now)}<span class="view">{post.views}</span></div>
<div class="intro">{_excerpt(post)}</div></div>
"""


def _info(post: Post, now: datetime) -> str:
    day = post.published
    english = f"{MONTHS[day.month - 1]} {day.day}, {day.year}"
    date = english if post.draft.lang == "en" else age_of(now - day, day)
    return f'<span class="user">{post.author}</span><span class="date">{date}</span>'


def _excerpt(post: Post) -> str:
    text = post.draft.text.replace("\n", "")
    return escape(text[:_EXCERPT]) + ("..." if len(text) > _EXCERPT else "")


def _body(post: Post) -> str:
    lines = []
    for at, line in enumerate(post.draft.paragraphs):
        tag = "h3" if at in post.draft.headings else "p"
        lines.append(f"<{tag}>{escape(line)}</{tag}>")
        if at == 0 and post.number % 3 == 0:
            lines.append(f'<p><img src="/lazy.png" data-original="/upload/{post.number}.svg" alt=""></p>')
    return "\n".join(lines)


def _neighbours(before: Post | None, after: Post | None) -> str:
    named = (("上一篇", before), ("下一篇", after))
    return "".join(
        f'<p>{name}：<a href="{post.path}">{escape(post.draft.title)}</a></p>' for name, post in named if post
    )


def _related(post: Post) -> str:
    title = escape(post.draft.title)
    return f'<div class="relate"><h3><a href="{post.path}">{title}</a></h3><p>{_excerpt(post)}</p></div>'


def _comments(post: Post) -> str:
    said = "".join(f"<li><b>{escape(who)}</b> {escape(what)}</li>" for who, what in post.comments)
    return f'<div class="commentlist"><h4>评论列表</h4><ul>{said}</ul></div>' if said else ""


def _pagebar(stem: str, page: int, last: int) -> str:
    def address(number: int) -> str:
        later = f"{stem or '/page'}_{number}.html"
        return later if number > 1 else f"{stem}.html" if stem else "/"

    numbers = [n for n in range(1, last + 1) if abs(n - page) <= 3 or n in (1, last)]
    links = "".join(f"<span>{n}</span>" if n == page else f'<a href="{address(n)}">{n}</a>' for n in numbers)
    following = f'<a href="{address(page + 1)}">下一页</a>' if page < last else ""
    return f'<div class="pagebar">{links}{following}</div>'
