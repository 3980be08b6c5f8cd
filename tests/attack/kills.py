#!/usr/bin/env python3
"""Patrons send forms all the time while the real `serve` is killed by signal 9, again and again, and started
on the same folder. Then each number that a patron was given is looked for: in the store and in the mail.

    python3 tests/attack/kills.py BINARY [--kills 200] [--clients 8] [--seed 1] [--json FILE]

Once with the outbox and once with a mail server. A patron who gets no answer does as a person would: goes back
and sends the same form again. Ends with a line "N passed, N failed".
"""

import argparse
import collections
import email
import http.client
import json
import random
import sys
import tempfile
import threading
import time
from pathlib import Path

sys.dont_write_bytecode = True
sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[1] / "server")]

import support  # noqa: E402
from mail_server import MailServer  # noqa: E402

# What a request has in mail: to the library, and to its patron.
MAILS = 2


class Patrons:
    """Each sends one request after the other, whatever happens to the server."""

    def __init__(self, base, clients):
        self.base, self.going = base, True
        self.numbers, self.lock = iter(range(1, 10_000_000)), threading.Lock()
        # What the receipts say: address → location. A form that got no answer is sent again.
        self.acknowledged, self.presses, self.wrong = {}, 0, []
        self.threads = [threading.Thread(target=self.run, daemon=True) for _ in range(clients)]

    def start(self):
        for thread in self.threads:
            thread.start()

    def stop(self):
        """Each finishes what it has begun: the server must be up."""
        self.going = False
        for thread in self.threads:
            thread.join(support.LIMIT)
            if thread.is_alive():
                raise AssertionError("a patron waits for an answer for ever")

    def insist(self, attempt):
        """Until it is answered. A server that is down refuses the connection or drops it."""
        end = time.monotonic() + support.LIMIT
        while True:
            try:
                return attempt()
            except (OSError, http.client.HTTPException):
                if time.monotonic() > end:
                    raise
                time.sleep(0.01)

    def run(self):
        while self.going:
            with self.lock:
                number = next(self.numbers)
            try:
                self.request(number)
            except Exception as failure:  # noqa: BLE001: whatever it is, it is counted
                self.wrong.append(f"patron {number}: {failure!r}")

    def press(self, form):
        with self.lock:
            self.presses += 1
        return support.post(self.base, "/desk/en/send", form)

    def request(self, number):
        form = self.insist(lambda: support.check(self.base, number))
        while True:
            answer = self.insist(lambda: self.press(form))
            if answer.status == 303:
                with self.lock:
                    self.acknowledged[f"patron-{number}@example.com"] = answer.headers["location"]
                return
            if answer.status != 507:
                raise AssertionError(f"send: {answer.status}")
            # The store is away: the answers are on the page, with the form that sends them.
            form = support.HiddenFields(answer.text).fields


class Outbox:
    """The folder's mails. One that is sent again takes the place of its first copy."""

    flags = ("--mail", "outbox")
    shows_twice = False

    def __init__(self, data):
        self.folder = Path(data) / "outbox"

    def mails(self):
        for path in sorted(self.folder.glob("*.eml")):
            mail = email.message_from_bytes(path.read_bytes())
            yield mail["Notice-Id"].strip(), mail["To"].strip()

    def leftovers(self):
        return [path.name for path in self.folder.iterdir() if path.suffix != ".eml"]

    def stop(self):
        pass


class Smtp(MailServer):
    shows_twice = True

    def __init__(self, _data):
        super().__init__()
        self.flags = ("--mail", self.url)

    def leftovers(self):
        return []


def raged(post, data, arguments, chance):
    """Kills and starts; leaves a server that is up. How often each of both was done."""
    server = support.Server(data, flags=post.flags).started()
    port = int(server.base.rsplit(":", 1)[1])
    patrons = Patrons(server.base, arguments.clients)
    patrons.start()
    for _ in range(arguments.kills):
        time.sleep(chance.uniform(0.0, 0.8))
        server.process.kill()
        server.process.wait()
        server.process.stdout.close()
        server.log.close()
        server = support.Server(data, port=port, flags=post.flags).started()
    patrons.stop()
    return server, patrons


def numbers_of(mails):
    """Which requests wrote to an address: Notice-Id begins with the number."""
    found = collections.defaultdict(set)
    for notice, recipient in mails:
        found[recipient].add(notice.split("-")[0])
    return found


def judged(post, server, patrons):
    """The figures, once nothing waits any more."""
    digits = {
        address: location.rsplit("/", 1)[1].split(".")[0]
        for address, location in patrons.acknowledged.items()
    }
    wanted = set(digits.values())

    def different_mails():
        return {notice for notice, _ in post.mails() if notice.split("-")[0] in wanted}

    # A mail that failed when its server was killed comes again after a minute, then after five. While
    # others still come, a backlog is being worked off.
    seen, end = 0, time.monotonic() + 600
    while (there := len(different_mails())) < MAILS * len(wanted) and time.monotonic() < end:
        if there > seen:
            seen, end = there, time.monotonic() + 600
        time.sleep(1)
    mails = list(post.mails())
    to = numbers_of(mails)
    written = collections.Counter(notice.split("-")[0] for notice in {notice for notice, _ in mails})
    stored = 0
    for address, location in patrons.acknowledged.items():
        page = support.ask(server.base, "GET", location)
        stored += page.status == 200 and address in page.text
    times = collections.Counter(collections.Counter(notice for notice, _ in mails).values())
    return {
        "acknowledged": len(wanted),
        "presses": patrons.presses,
        "stored": stored,
        "mailed": sum(1 for address, number in digits.items() if number in to[address]),
        "mailed to staff and patron": sum(1 for number in wanted if written[number] >= MAILS),
        "made twice": sum(1 for address in digits if len(to[address]) > 1),
        "once": times[1],
        "twice": times[2] if post.shows_twice else None,
        "more often": sum(n for often, n in times.items() if often > 2) if post.shows_twice else None,
        "too many": sum((often - 1) * n for often, n in times.items()),
        "left over": post.leftovers(),
        "went wrong": patrons.wrong,
    }


def run(kind, arguments):
    chance = random.Random(arguments.seed)
    with tempfile.TemporaryDirectory() as data:
        post = kind(data)
        server, patrons = raged(post, data, arguments, chance)
        try:
            return judged(post, server, patrons)
        finally:
            server.stop()
            server.log.close()
            post.stop()


def checks(figures, kills):
    count = figures["acknowledged"]
    return {
        "patrons were given numbers": count > 0,
        "each number is in the store": figures["stored"] == count,
        "each number was mailed to its patron": figures["mailed"] == count,
        "and to its library": figures["mailed to staff and patron"] == count,
        "no form made two requests": figures["made twice"] == 0,
        # Delivery and sweep have one mail each on the wire when a kill comes.
        "a kill doubled no mail but those on the wire": figures["too many"] <= 2 * kills,
        "no half-written file is left": not figures["left over"],
        "nobody saw anything but their receipt": not figures["went wrong"],
    }


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("binary", type=Path)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    support.BINARY = arguments.binary.resolve()
    passed = failed = 0
    all_figures = {}
    for name, kind in (("outbox", Outbox), ("SMTP", Smtp)):
        started = time.monotonic()
        figures = run(kind, arguments)
        all_figures[name] = figures | {"kills": arguments.kills}
        print(f"\n{name}: {arguments.kills} kills, {arguments.clients} clients, "
              f"{time.monotonic() - started:.0f} s")
        for what, figure in figures.items():
            print(f"  {what}: {'not visible' if figure is None else figure}")
        for what, holds in checks(figures, arguments.kills).items():
            passed, failed = passed + holds, failed + (not holds)
            print(f"  {'ok' if holds else 'FAILED'}: {what}")
    if arguments.json:
        arguments.json.write_text(json.dumps(all_figures, indent=1))
    print(f"\n{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
