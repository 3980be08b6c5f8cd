"""Back-ups of a server that is in use, and what can be made of them."""

import os
import shutil
import sqlite3
import stat
import tempfile
import unittest
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from support import Patrons, Server, ask, check, post, reference, request_session, run_script

HERE = ZoneInfo("America/Los_Angeles")


def mode(path):
    return stat.S_IMODE(Path(path).stat().st_mode)


class WithFolders(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.data, self.backups = self.folder / "data", self.folder / "backups"
        self.backups.mkdir(mode=0o700)

    def back_up(self, **environment):
        return run_script(
            "backup",
            BOOK_A_LIBRARIAN_DATA=self.data, BOOK_A_LIBRARIAN_BACKUPS=self.backups,
            **environment,
        )

    def copies(self):
        return sorted(path for path in self.backups.iterdir())


class OfARunningServer(WithFolders):
    def test_nothing_acknowledged_before_a_back_up_is_missing_from_it(self):
        moments = []
        with Server(self.data) as server:
            with Patrons(server.base) as patrons:
                for _ in range(5):
                    patrons.wait_for(20)
                    before = list(patrons.acknowledged)
                    made = self.back_up()
                    self.assertEqual(made.returncode, 0, made.stderr)
                    moments.append((self.copies()[-1], before))
                patrons.wait_for(20)
            self.assertEqual(patrons.failed, [])
        secrets = self.folder / "kept-elsewhere.json"
        shutil.copy(self.data / "secrets.json", secrets)

        looked_up = 0
        for number, (copy, before) in enumerate(moments):
            self.assertEqual(mode(copy), 0o700)
            self.assertEqual({path.name: mode(path) for path in copy.iterdir()},
                             {"desk.sqlite": 0o600, "keys.sqlite": 0o600})
            folder = self.folder / f"restored-{number}"
            restored = run_script("restore", copy, secrets, folder)
            self.assertEqual(restored.returncode, 0, restored.stderr)
            self.assertIn(" of which 0 without a key", restored.stdout)
            self.assertEqual({path.name: mode(path) for path in folder.iterdir()},
                             {"desk.sqlite": 0o600, "keys.sqlite": 0o600, "secrets.json": 0o600})
            with Server(folder) as server:
                for path in before:
                    receipt = ask(server.base, "GET", path)
                    self.assertEqual(receipt.status, 200, path)
                    self.assertIn(reference(path), receipt.text)
                    looked_up += 1
                # And it takes new ones.
                request_session(server.base, f"after-restore-{number}")
        print(f"    {len(patrons.acknowledged)} requests sent, {len(moments)} back-ups while they were; "
              f"{looked_up} receipts looked up in restored folders, 0 missing", flush=True)

    def test_a_form_checked_before_the_back_up_is_accepted_after_the_restore(self):
        with Server(self.data) as server:
            fields = check(server.base, "checked-before")
            self.assertEqual(self.back_up().returncode, 0)
        restored = run_script("restore", *self.copies(), self.data / "secrets.json", self.folder / "new")
        self.assertEqual(restored.returncode, 0, restored.stderr)
        with Server(self.folder / "new") as server:
            self.assertEqual(post(server.base, "/desk/en/send", fields).status, 303)


class Databases(WithFolders):
    """Small databases in place of the desk's, to damage."""

    def setUp(self):
        super().setUp()
        self.data.mkdir()
        self.execute("desk", "CREATE TABLE cases (id TEXT PRIMARY KEY)", "CREATE TABLE notices (id TEXT)",
                     "INSERT INTO cases VALUES ('1'), ('2')")
        self.execute("keys", "CREATE TABLE case_keys (id TEXT PRIMARY KEY)",
                     "INSERT INTO case_keys VALUES ('1'), ('2')")

    def execute(self, database, *statements):
        connection = sqlite3.connect(self.data / f"{database}.sqlite")
        for statement in statements:
            connection.execute(statement)
        connection.commit()
        connection.close()

    def in_between(self, *commands):
        """A PATH whose sqlite3 does something just before keys.sqlite is copied."""
        folder = self.folder / "bin"
        folder.mkdir()
        real = shutil.which("sqlite3")
        lines = [f"{real} {self.data}/{database}.sqlite \"{sql}\"" for database, sql in commands]
        script = folder / "sqlite3"
        script.write_text("\n".join([
            "#!/bin/sh", f'echo "$*" >> {self.folder}/calls',
            'case "$*" in *"VACUUM INTO \'keys"*)', *lines, ";; esac", f'exec {real} "$@"', "",
        ]))
        script.chmod(0o755)
        return f"{folder}:{os.environ['PATH']}"

    def test_a_request_between_the_two_copies_has_its_key_or_is_in_neither(self):
        path = self.in_between(("keys", "INSERT INTO case_keys VALUES ('3')"),
                               ("desk", "INSERT INTO cases VALUES ('3')"))
        made = self.back_up(PATH=path)
        self.assertEqual(made.returncode, 0, made.stderr)
        calls = (self.folder / "calls").read_text()
        self.assertLess(calls.index("INTO 'desk"), calls.index("INTO 'keys"))
        self.assertIn("2 cases", made.stdout)

    def test_a_case_erased_between_the_two_copies_is_no_fault(self):
        path = self.in_between(("desk", "DELETE FROM cases WHERE id = '2'"),
                               ("keys", "DELETE FROM case_keys WHERE id = '2'"))
        made = self.back_up(PATH=path)
        self.assertEqual(made.returncode, 0, made.stderr)

    def test_a_case_that_lost_its_key_is_a_fault(self):
        made = self.back_up(PATH=self.in_between(("keys", "DELETE FROM case_keys WHERE id = '2'")))
        self.assertEqual(made.returncode, 1)
        self.assertIn("1 cases have no key", made.stderr)
        self.assertEqual(self.copies(), [])

    def test_copies_are_kept_seven_days_and_not_a_day_longer(self):
        def now():
            return datetime.now(HERE).date()

        def names(day):
            return [f"{day}T00-00-01-0800", f"{day}T23-59-59-0700"]

        today = now()
        days = [today - timedelta(days=back) for back in range(1, 12)]
        for day in days:
            for name in names(day):
                (self.backups / name).mkdir()
                (self.backups / name / "desk.sqlite").touch()
        (self.backups / ".unfinished.before").mkdir()
        made = self.back_up()
        self.assertEqual(made.returncode, 0, made.stderr)
        if now() != today:
            self.skipTest("midnight passed meanwhile")
        kept = [path.name for path in self.copies()]
        # What was erased today is in copies of today; they go on the seventh day after it.
        expected = [name for day in days if (today - day).days < 7 for name in names(day)]
        self.assertEqual(kept[:-1], sorted(expected))
        self.assertTrue(kept[-1].startswith(str(today)))

    def test_old_copies_go_even_if_the_back_up_fails(self):
        (self.backups / "2020-01-01T00-00-00-0800").mkdir()
        (self.data / "keys.sqlite").unlink()
        made = self.back_up()
        self.assertEqual(made.returncode, 1)
        self.assertIn("there is no", made.stderr)
        self.assertEqual(self.copies(), [])

    def test_a_damaged_database_is_said_aloud_and_leaves_no_copy(self):
        for damage in (b"", b"no database " * 1000):
            (self.data / "keys.sqlite").write_bytes(damage)
            made = self.back_up()
            self.assertEqual((made.returncode, made.stdout), (1, ""), made.stderr)
            self.assertNotEqual(made.stderr, "")
            self.assertEqual(self.copies(), [])

    def test_settings_that_are_wrong_are_refused(self):
        for setting in ({"BOOK_A_LIBRARIAN_TIME_ZONE": "America/Lynwood"},
                        {"BOOK_A_LIBRARIAN_BACKUP_DAYS": "seven"}):
            self.assertEqual(self.back_up(**setting).returncode, 1, setting)

    def test_restore_refuses_what_it_should(self):
        self.assertEqual(self.back_up().returncode, 0)
        [copy] = self.copies()
        secrets, target = self.folder / "secrets.json", self.folder / "target"
        self.assertEqual(run_script("restore", copy, secrets, target).returncode, 1)
        secrets.write_text('{"id_key": "x"}')
        self.assertIn("does not hold", run_script("restore", copy, secrets, target).stderr)
        self.assertEqual(list(target.iterdir()), [])
        secrets.write_text('{"id_key": "x", "token_keys": {}, "link_keys": {}, "master_keys": {}}')
        (target / "something").touch()
        self.assertIn("not empty", run_script("restore", copy, secrets, target).stderr)
        (target / "something").unlink()
        whole = (copy / "desk.sqlite").read_bytes()
        (copy / "desk.sqlite").write_bytes(whole[:4096] + b"\xff" * (len(whole) - 4096))
        self.assertIn("damaged", run_script("restore", copy, secrets, target).stderr)
        self.assertEqual(list(target.iterdir()), [])
