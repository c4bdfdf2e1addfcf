"""What is kept, and why: the stages that every article passes, in this order.

    teasers   before anything is fetched: a teaser that reads like spam is not followed; the cheapest page is none
    clean     first, so that every later stage sees the same characters
    spam      before copies are looked for: a spun text must not found a story
    dedup     on cleaned, judged text; needs the store's fingerprints, so it is the first stage that waits
    mongo     last: writes the article with its verdict, and remembers what was dropped

A stage sets `status` and adds to `reasons`; it drops nothing. Each outcome is one stat, `stage/status/reason`.
Siblings of the crawler: only the item types are imported from it.
"""
