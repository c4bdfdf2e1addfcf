"""A page in a real browser: what went wrong or out while it was open, and who could not use it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from axe_playwright_python.base import AXE_SCRIPT

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

WIDE, NARROW = {"width": 1280, "height": 800}, {"width": 390, "height": 844}
SCHEMES = ("light", "dark")


class Visit:
    """A page, and what went wrong or out while it was open."""

    def __init__(self, chromium: Browser, url: str, **options: Any) -> None:
        self.context = chromium.new_context(base_url=url, **options)
        self.page = self.context.new_page()
        self.page.set_default_timeout(8000)
        self.troubles: list[str] = []
        self.page.on("console", lambda said: self.troubles.append(said.text) if said.type == "error" else None)
        self.page.on("pageerror", lambda error: self.troubles.append(str(error)))
        self.page.on("request", lambda asked: None if asked.url.startswith(url) else self.troubles.append(asked.url))


def barriers(page: Page) -> list[str]:
    """Return what axe finds on a page as it is shown now: the rule, and where it is broken.

    axe comes in as the debugger's, so the page's own rules of what may run stay in force.
    """
    page.evaluate(AXE_SCRIPT)
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']}).then(said => said.violations)")
    return [f"{rule['id']}: {node['html']} {node['failureSummary']}" for rule in found for node in rule["nodes"]]


def assert_fit_for_all(page: Page) -> None:
    """Hold a page that is open to what every page must be: light on a wide screen, dark on a narrow one.

    No barriers, and nothing that is wider than the screen.
    """
    for scheme, size in zip(SCHEMES, (WIDE, NARROW), strict=True):  # colours do not depend on the width
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size(size)
        where = f"{page.url}, {scheme}, {size['width']} px"
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], where
        found = barriers(page)
        assert not found, "\n".join([where, *found])
