"""One reader a format; `registry` lists them."""
