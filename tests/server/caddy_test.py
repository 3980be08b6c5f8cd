"""The real Caddy in front of the real desk."""

import contextlib
import gzip
import http.server
import tempfile
import threading
import unittest
from pathlib import Path

from support import (
    FORM, Caddy, Server, ask, built_pages, check, free_port, post, reference, request_session, until,
)

# What every page must carry, once.
ONCE = [
    "content-security-policy", "strict-transport-security", "x-content-type-options",
    "referrer-policy", "permissions-policy", "cross-origin-opener-policy", "cache-control",
    "content-type", "date",
]


# As it runs in use, with a mail server that isn't there.
PUBLIC = ["--base-url", "https://help.library.example", "--mail", "smtp://127.0.0.1:9"]


class BehindCaddy(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = Path(folder.name)
        cls.port = free_port()
        pages = built_pages(cls.folder / "dist")
        cls.caddy = cls.enterClassContext(Caddy(cls.folder, cls.port, pages))
        (cls.folder / "short").mkdir()
        cls.impatient = cls.enterClassContext(Caddy(cls.folder / "short", cls.port, pages, hold="1s"))
        cls.base = cls.caddy.base

    def setUp(self):
        self.server = Server(self.folder / "data", self.port).started()
        self.addCleanup(self.server.stop)
        for caddy in (self.caddy, self.impatient):
            until("requests pass", lambda: ask(caddy.base, "GET", "/robots.txt").status == 200)

    def assert_headers_once(self, answer):
        for name in ONCE:
            self.assertEqual(len(answer.headers.get_all(name, [])), 1, name)
        self.assertNotIn("server", answer.headers)

    def test_a_request_goes_through_and_its_receipt_is_shown(self):
        path = request_session(self.base, "through-caddy")
        receipt = ask(self.base, "GET", path)
        self.assertEqual(receipt.status, 200)
        self.assertIn(reference(path), receipt.text)

    def test_every_header_is_there_once(self):
        for path in ("/", "/en/request/", "/topics/genealogy/", "/desk/en/nothing", "/nowhere/"):
            self.assert_headers_once(ask(self.base, "GET", path))

    def test_compressed_answers_are_whole(self):
        plain = ask(self.base, "GET", "/")
        self.assertNotIn("content-encoding", plain.headers)
        zipped = ask(self.base, "GET", "/", headers={"accept-encoding": "gzip"})
        self.assertEqual(zipped.headers.get_all("content-encoding"), ["gzip"])
        self.assertEqual(gzip.decompress(zipped.body), plain.body)
        brotli = ask(self.base, "GET", "/", headers={"accept-encoding": "br, gzip"})
        self.assertEqual(brotli.headers.get_all("content-encoding"), ["br"])
        self.assertEqual(brotli.body, ask(self.server.base, "GET", "/", headers={"accept-encoding": "br, gzip"}).body)
        self.assertIn("accept-encoding", zipped.headers["vary"].lower())

    def test_a_body_that_is_too_long_gets_the_desks_own_page(self):
        for length in (100_000, 3_000_000):
            body = "details=" + "a" * length
            through = ask(self.base, "POST", "/desk/en/check", body, FORM)
            self.assertEqual(through.status, 413)
            self.assertEqual(through.body, ask(self.server.base, "POST", "/desk/en/check", body, FORM).body)
            self.assertIn("425-555-0100", through.text)
        longest = "details=" + "a" * 90_000
        self.assertEqual(ask(self.base, "POST", "/desk/en/check", longest, FORM).status, 422)

    def test_while_the_desk_is_down_a_page_says_whom_to_call_and_that_nothing_is_lost(self):
        self.server.stop()
        base = self.impatient.base
        for answer in (ask(base, "GET", "/topics/"), post(base, "/desk/en/send", {"details": "a"}),
                       ask(base, "GET", "/", headers={"accept-encoding": "gzip"})):
            self.assertIn(answer.status, (502, 503))
            self.assert_headers_once(answer)
            self.assertEqual(answer.headers["cache-control"], "no-store")
            self.assertEqual(answer.headers["retry-after"], "60")
            if answer.headers.get("content-encoding") == "gzip":
                answer.body = gzip.decompress(answer.body)
            self.assertIn("425-555-0100", answer.text)
            self.assertIn("your answers are still there", answer.text)
        style = answer.text.split('rel="stylesheet" href="')[1].split('"')[0]
        styled = ask(base, "GET", style)
        self.assertEqual((styled.status, styled.headers["content-type"]), (200, "text/css; charset=utf-8"))

    def test_the_page_for_the_desk_down_has_the_headers_of_the_desk(self):
        # Of a page in use: one in development allows its script.
        port = free_port()
        with Server(self.folder / "public", port, flags=PUBLIC):
            usual = ask(f"http://127.0.0.1:{port}", "GET", "/desk/en/nothing")
        self.server.stop()
        sorry = ask(self.impatient.base, "GET", "/")
        for name in set(ONCE) - {"date"}:
            self.assertEqual(sorry.headers[name], usual.headers[name], name)

    def test_requests_wait_for_the_desk_with_what_was_sent(self):
        fields = check(self.base, "patient")
        flag = self.caddy.run / "upgrading"
        flag.touch()
        until("Caddy holds requests", self.caddy.holds)
        self.server.stop()
        answers = []
        waiting = [
            threading.Thread(target=lambda: answers.append(post(self.base, "/desk/en/send", fields)))
            for _ in range(3)
        ] + [
            threading.Thread(target=lambda n=n: answers.append(check(self.base, f"held-{n}")))
            for n in range(20)
        ]
        for thread in waiting:
            thread.start()
        self.server = Server(self.folder / "data", self.port).started()
        self.addCleanup(self.server.stop)
        self.assertTrue(self.caddy.holds(), "nothing passes before the pause is over")
        flag.unlink()
        for thread in waiting:
            thread.join()
        self.assertEqual(len(answers), 23)
        sent = [answer for answer in answers if not isinstance(answer, list)]
        self.assertEqual({(answer.status, answer.headers["location"]) for answer in sent},
                         {(303, sent[0].headers["location"])})

    def test_no_log_line_holds_path_query_referrer_or_sender(self):
        planted = ["123456782.planted-tag", "planted-query", "planted-referrer", "planted-agent"]

        def look(base):
            ask(base, "GET", f"/desk/en/request/{planted[0]}?{planted[1]}",
                headers={"referer": f"{base}/{planted[2]}", "user-agent": planted[3]})

        before = self.caddy.said().count("handled request")
        look(self.base)
        # Too long even for Caddy: it may close the connection while it is sent.
        with contextlib.suppress(OSError):
            ask(self.base, "POST", f"/desk/en/send?{planted[1]}", "a=" + "b" * 10_000_000,
                {**FORM, "referer": f"{self.base}/{planted[2]}"})
        self.server.stop()
        look(self.impatient.base)
        until("lines are written", lambda: self.caddy.said().count("handled request") > before
              and '"status":50' in self.impatient.said())
        for said in (self.caddy.said(), self.impatient.said()):
            for text in [*planted, "remote_ip", "remote_addr", "/desk/", "Referer"]:
                self.assertNotIn(text, said)


class Echo(http.server.BaseHTTPRequestHandler):
    """Answers with the X-Forwarded-For that it got."""

    def do_GET(self):
        body = repr(self.headers.get_all("x-forwarded-for", [])).encode()
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Forwarded(unittest.TestCase):
    def test_a_sender_cannot_choose_the_address_that_the_desk_trusts(self):
        with (tempfile.TemporaryDirectory() as folder,
              http.server.ThreadingHTTPServer(("127.0.0.1", 0), Echo) as echo):
            thread = threading.Thread(target=echo.serve_forever)
            thread.start()
            try:
                with Caddy(folder, echo.server_port, folder) as caddy:
                    seen = ask(caddy.base, "GET", "/", headers={"x-forwarded-for": "203.0.113.9, 127.0.0.1"})
                    self.assertEqual(seen.text, "['127.0.0.1']")
            finally:
                echo.shutdown()
                thread.join()
