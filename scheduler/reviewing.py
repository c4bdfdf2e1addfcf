"""What a review takes from the pipelines: the numbers by which copies of a restored text are found."""

from __future__ import annotations

from pipelines import neardup


def fingerprint(title: str, text: str) -> tuple[int, tuple[int, ...]]:
    """Return a text's exact hash and its bands, as the stage that looks for copies computes them."""
    own = neardup.fingerprint(title, text)
    return own.exact, own.bands
