"""Articles from the web, fetched politely: lists of URLs, feeds and pages in, JSON lines out.

`sources` finds out which URLs are wanted, `transport` sends single requests (each in its turn, within its time, and
only to where it may go), `client` gets a page by them (robots.txt, redirects, retries, limits), `run` does the whole
of a run and `output` keeps what it brings, so that the next run goes on where this one was stopped.
"""
