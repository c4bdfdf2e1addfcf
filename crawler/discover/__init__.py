"""Pure: a home page, list page, feed, sitemap or article address → teasers, further pages and sources."""
