"""A small server that speaks as much S3 over real HTTP as reading needs: listing and getting."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape

AT = "2026-11-01T00:00:00.000Z"


@contextmanager
def s3_server(bucket: str, objects: Mapping[str, bytes]) -> Iterator[str]:
    """The endpoint's address, while it runs."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, format: str, *args: object) -> None:
            """Says nothing."""

        def do_HEAD(self) -> None:
            self._answer(body=False)

        def do_GET(self) -> None:
            self._answer(body=True)

        def _answer(self, *, body: bool) -> None:
            url = urlsplit(self.path)
            name = unquote(url.path).removeprefix(f"/{bucket}").lstrip("/")
            if not name:
                self._send(200, _listing(bucket, objects, parse_qs(url.query)).encode(), body=body)
            elif name not in objects:
                self._send(404, b"<Error><Code>NoSuchKey</Code></Error>", body=body)
            else:
                self._object(objects[name], body=body)

        def _object(self, data: bytes, *, body: bool) -> None:
            asked = self.headers.get("Range", "")
            if not asked.startswith("bytes="):
                self._send(200, data, body=body)
                return
            first, _, last = asked.removeprefix("bytes=").partition("-")
            start, end = int(first), min(int(last or len(data)), len(data) - 1)
            self._send(206, data[start : end + 1], body=body, extra=f"bytes {start}-{end}/{len(data)}")

        def _send(self, status: int, data: bytes, *, body: bool, extra: str = "") -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(data)))
            self.send_header("Last-Modified", "Sun, 01 Nov 2026 00:00:00 GMT")
            self.send_header("ETag", '"1"')
            if extra:
                self.send_header("Content-Range", extra)
            self.end_headers()
            if body:
                self.wfile.write(data)

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{http.server_port}"
    finally:
        http.shutdown()
        http.server_close()
        thread.join()


def _listing(bucket: str, objects: Mapping[str, bytes], query: Mapping[str, list[str]]) -> str:
    prefix, delimiter = query.get("prefix", [""])[0], query.get("delimiter", [""])[0]
    files, folders = [], set()
    for name in sorted(objects):
        if not name.startswith(prefix):
            continue
        head, found, _ = name[len(prefix) :].partition(delimiter) if delimiter else (name, "", "")
        if found:
            folders.add(f"{prefix}{head}{delimiter}")
        else:
            files.append(name)
    contents = "".join(
        f"<Contents><Key>{escape(name)}</Key><LastModified>{AT}</LastModified><ETag>1</ETag>"
        f"<Size>{len(objects[name])}</Size><StorageClass>STANDARD</StorageClass></Contents>"
        for name in files
    )
    common = "".join(f"<CommonPrefixes><Prefix>{escape(name)}</Prefix></CommonPrefixes>" for name in sorted(folders))
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        f"<ListBucketResult><Name>{bucket}</Name><Prefix>{escape(prefix)}</Prefix>"
        f"<KeyCount>{len(files)}</KeyCount><MaxKeys>1000</MaxKeys><IsTruncated>false</IsTruncated>{contents}{common}"
        "</ListBucketResult>"
    )
