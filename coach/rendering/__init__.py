"""Reviews as people and programs read them: text for a terminal, Markdown, one HTML page, one JSON line.

`view.review_view` turns a review, its transcript and its corpus into typed words; the renderers only lay them out.
"""
