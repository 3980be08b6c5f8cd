#!/usr/bin/env python3
"""
infra/aws/deploy against an emulated AWS, with the real template and the real CLI: what is uploaded,
in which order, what stays, and that no secret is shown. Needs deploy_requirements.txt beside it and cargo.
"""

import base64
import json
import queue
import signal
import sys
import tempfile
import tomllib
import traceback
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent))

from deploy_support import PAGES, ROOT, Emulator, Project  # noqa: E402

SECRETS, ORIGIN = "/book-a-librarian/secrets", "/book-a-librarian/origin"
IMMUTABLE = "public, max-age=31536000, immutable"
MINUTE = "public, max-age=0, s-maxage=60, must-revalidate"


def live(project):
    """A service that runs."""
    project.deploy("secrets")
    project.deploy("--yes")


def nothing_is_done_before_the_secrets_are_there(project):
    assert project.run("--yes") == 1
    assert "Run `infra/aws/deploy secrets` once" in project.said, project.said


def a_dry_run_says_what_would_be_done_and_does_nothing(project):
    project.deploy("secrets")
    project.deploy("--dry-run")
    assert "would store code/desk-" in project.said and "would upload 8 files" in project.said, project.said
    assert project.aws("s3api", "list-buckets")["Buckets"] == []
    project.deploy("--yes")
    project.write("pages/index.html", "<h1>Changed</h1>")
    project.remove("pages/topics/genealogy/index.html")
    before = project.objects()
    project.deploy("--dry-run")
    assert "would upload index.html" in project.said and "would take away topics/genealogy/index.html" in project.said, project.said
    assert project.objects() == before
    assert not [call for call in project.calls if " put-" in call or " cp " in call or "change-set" in call], project.calls


def the_first_deployment_brings_everything_up(project):
    live(project)
    assert set(project.objects()) == set(PAGES), project.objects()
    for key, content_type, cache in (
        ("index.html", "text/html; charset=utf-8", MINUTE),
        ("robots.txt", "text/plain; charset=utf-8", MINUTE),
        ("sitemap.xml", "application/xml", MINUTE),
        ("assets/site.0123456789ab.css", "text/css; charset=utf-8", IMMUTABLE),
        ("assets/icon.0123456789ab.svg", "image/svg+xml", IMMUTABLE),
    ):
        head = project.head(key)
        assert (head["ContentType"], head["CacheControl"]) == (content_type, cache), head
    assert project.parameter("CodeBucket") == project.code_bucket()
    for name in ("Desk", "Deliver", "Sweep"):
        assert project.parameter(f"{name}CodeKey") in project.objects(project.code_bucket())


def what_has_not_changed_is_not_uploaded_again(project):
    live(project)
    project.deploy("--yes")
    assert "0 of 8 files uploaded" in project.said and "nothing to change" in project.said, project.said
    assert not [call for call in project.calls if " put-object" in call or " cp " in call], project.calls
    # The same content from another machine, with other dates.
    for name, text in PAGES.items():
        project.write(f"pages/{name}", text)
    project.deploy("--site-only", "--yes")
    assert "0 of 8 files uploaded" in project.said, project.said


def assets_go_first_and_pages_that_link_to_others_last(project):
    live(project)
    assert project.uploads() == ["text/css", "image/svg+xml", "text/html", "text/plain", "application/xml"], project.uploads()
    project.write("pages/assets/site.ba9876543210.css", "body{color:red}")
    project.write("pages/index.html", "<h1>Home with a new topic</h1>")
    project.write("pages/topics/e-books/index.html", "E-books")
    project.write("pages/sitemap.xml", "<urlset><url/></urlset>")
    project.deploy("--site-only", "--yes")
    assert project.uploads() == ["text/css", "text/html", "application/xml", "text/html"], project.uploads()
    assert "4 of 10 files uploaded" in project.said, project.said


def an_old_asset_stays_and_a_page_that_vanished_goes_after_all_else(project):
    live(project)
    old = "assets/site.0123456789ab.css"
    project.remove(f"pages/{old}")
    project.write("pages/assets/site.ba9876543210.css", "body{color:red}")
    project.remove("pages/topics/genealogy/index.html")
    project.deploy("--site-only", "--yes")
    assert old in project.objects() and "topics/genealogy/index.html" not in project.objects()
    last_upload = max(at for at, call in enumerate(project.calls) if " cp " in f" {call}")
    assert last_upload < min(at for at, call in enumerate(project.calls) if "delete-objects" in call)
    # It can be brought back: the bucket keeps versions.
    versions = project.aws("s3api", "list-object-versions", "--bucket", project.bucket(), "--prefix", "topics/")
    assert [one["Key"] for one in versions["Versions"]] == ["topics/genealogy/index.html"], versions
    project.deploy("--site-only", "--yes", "--prune")
    assert old in project.objects(), "unnamed since today alone"
    file = project.root / "state.json"
    bucket = ["--bucket", project.code_bucket(), "--key", "site/state.json"]
    project.aws("s3api", "get-object", *bucket, str(file))
    state = json.loads(file.read_text(encoding="utf-8"))
    assert list(state["unnamed"]) == [old], state
    state["unnamed"][old] = "2020-01-01"
    file.write_text(json.dumps(state), encoding="utf-8")
    project.aws("s3api", "put-object", *bucket, "--body", str(file))
    project.deploy("--site-only", "--yes")
    assert old in project.objects() and "--prune" in project.said, project.said
    project.deploy("--site-only", "--yes", "--prune")
    assert old not in project.objects()


def a_broken_build_does_not_take_the_site_away(project):
    for number in range(30):
        project.write(f"pages/news/{number}/index.html", f"News {number}")
    live(project)
    for number in range(30):
        project.remove(f"pages/news/{number}/index.html")
    assert project.run("--site-only", "--yes") == 1
    assert "30 of 38 files would be taken off" in project.said, project.said
    assert len(project.objects()) == 38
    project.deploy("--site-only", "--yes", "--remove-many")
    assert len(project.objects()) == 8
    project.remove("pages/sorry.html")
    assert project.run("--site-only", "--yes") == 1 and "has no sorry.html" in project.said, project.said


def new_content_reaches_the_desk_without_a_compiler_for_lambda(project):
    live(project)
    before = project.parameter("DeskCodeKey")
    project.write("bundle.json", '{"topics":["genealogy"]}')
    project.write("pages/assets/site.ba9876543210.css", "body{color:red}")
    # A compiler would fail on this.
    project.write("handler/src/bin/desk.rs", "not Rust")
    project.write("infra/aws/template.yaml", "not a template")
    project.deploy("--site-only", "--yes")
    after = project.parameter("DeskCodeKey")
    assert after != before, project.said
    asset = next(at for at, call in enumerate(project.calls) if "text/css" in call)
    assert asset < next(at for at, call in enumerate(project.calls) if "execute-change-set" in call), project.calls
    # And back: the zips are still there.
    project.deploy("releases")
    first = project.said.splitlines()[-1].split()[0]
    assert "(runs now)" in project.said.splitlines()[0], project.said
    project.deploy("--release", first, "--yes")
    assert project.parameter("DeskCodeKey") == before
    assert project.run("--release", "19700101T000000Z", "--yes") == 1 and "deploy releases" in project.said


def code_alone_leaves_the_pages(project):
    live(project)
    project.write("handler/src/bin/desk.rs", 'fn main() { println!("another desk"); }')
    project.write("pages/index.html", "<h1>Not yet</h1>")
    deliver, desk = project.parameter("DeliverCodeKey"), project.parameter("DeskCodeKey")
    project.deploy("--code-only", "--yes")
    assert project.parameter("DeskCodeKey") != desk and project.parameter("DeliverCodeKey") == deliver
    assert project.uploads() == [], project.uploads()
    stored = [call for call in project.calls if " put-object" in call and "code/" in call]
    assert len(stored) == 1, stored


def a_change_of_the_stack_is_asked_for(project):
    project.deploy("secrets")
    assert project.run() == 1
    assert "add Cases (AWS::DynamoDB::Table)" in project.said and "--yes" in project.said, project.said


def a_table_is_never_replaced(project):
    live(project)
    text = (project.root / "infra/aws/template.yaml").read_text(encoding="utf-8")
    start = text.index("\n  Records:\n")
    changed = text[start:].replace("BillingMode: PAY_PER_REQUEST\n", "BillingMode: PAY_PER_REQUEST\n      TableName: another\n", 1)
    project.write("infra/aws/template.yaml", text[:start] + changed)
    assert project.run("--yes") == 1
    assert "in the place of Records" in project.said, project.said


def secrets_are_made_once_and_never_shown(project):
    project.deploy("secrets")
    first, origin = project.secret(SECRETS), project.secret(ORIGIN)
    value = json.loads(first)
    assert set(value) == {"id_key", "token_keys", "link_keys", "master_keys"}, "what handler/src/crypto/secrets.rs reads"
    keys = [value["id_key"], *(value[ring]["1"] for ring in ("token_keys", "link_keys", "master_keys"))]
    assert [len(base64.b64decode(key, validate=True)) for key in keys] == [32] * 4 and len(set(keys)) == 4
    described = project.aws("ssm", "get-parameter", "--name", SECRETS)["Parameter"]
    assert described["Type"] == "SecureString" and project.aws("ssm", "get-parameter", "--name", ORIGIN)["Parameter"]["Type"] == "String"
    shown = project.said + "\n".join(project.calls)
    project.deploy("secrets")
    assert "stays" in project.said and (project.secret(SECRETS), project.secret(ORIGIN)) == (first, origin)
    for text in (shown, project.said + "\n".join(project.calls)):
        assert not any(key in text for key in (*keys, origin))


def rotating_adds_a_key_and_starts_the_functions_anew(project):
    live(project)
    before = json.loads(project.secret(SECRETS))
    for number, which in enumerate(("token", "link", "master"), start=2):
        project.deploy("secrets", "rotate", which, "--yes")
        assert project.parameter("SecretsGeneration") == str(number)
    after = json.loads(project.secret(SECRETS))
    assert after["id_key"] == before["id_key"]
    for ring in ("token_keys", "link_keys", "master_keys"):
        assert list(after[ring]) == ["1", "2"] and after[ring]["1"] == before[ring]["1"], ring
        assert after[ring]["2"] not in (project.said + "\n".join(project.calls))
    # What is deployed later doesn't start with an older generation, or lose keys.
    project.deploy("--yes")
    assert project.parameter("SecretsGeneration") == "4" and json.loads(project.secret(SECRETS)) == after
    assert project.run("secrets", "rotate", "id", "--yes") == 2


def the_secret_of_the_origin_changes_without_a_gap(project):
    live(project)
    old = project.secret(ORIGIN)
    project.deploy("secrets", "rotate", "origin", "--yes")
    history = project.aws("ssm", "get-parameter-history", "--name", ORIGIN)["Parameters"]
    new = project.secret(ORIGIN)
    assert [one["Value"] for one in history] == [old, f"{old},{new}", f"{new},{old}", new] and new != old
    assert new not in (project.said + "\n".join(project.calls))
    # After each, the functions started anew.
    assert project.parameter("SecretsGeneration") == "4"
    # Each time CloudFront sends it everywhere before the next step. (The emulator doesn't keep what it sends.)
    assert len([call for call in project.calls if call.startswith("cloudfront wait distribution-deployed")]) == 3
    # One that was cut off: CloudFront sends `new`.
    project.aws("ssm", "put-parameter", "--name", ORIGIN, "--value", f"{new},{old}", "--overwrite", "--type", "String")
    project.deploy("secrets", "rotate", "origin", "--yes")
    assert old not in project.secret(ORIGIN) and new not in project.secret(ORIGIN), "a third one"


def a_failure_says_what_to_do(project):
    settings = project.root / "infra/aws/settings.toml"
    good = settings.read_text(encoding="utf-8")
    for text, said in (
        (good.replace("SenderDomain", "SendersDomain"), "settings.toml sets SendersDomain"),
        (good.replace("AlarmEmail", "# AlarmEmail"), "doesn't say AlarmEmail"),
        (good.replace("stack =", "stak ="), "stak, which nobody reads"),
        (good + 'CodeBucket = "mine"\n', "deploy finds it out itself"),
        (good.replace('"', "'", 1), "can't be read"),
    ):
        project.deploy("secrets")
        settings.write_text(text, encoding="utf-8")
        assert project.run("--yes") == 1 and said in project.said and len(project.said.splitlines()) >= 2, project.said
        settings.write_text(good, encoding="utf-8")
    assert project.run("--site-only", "--yes") == 1 and "There is no stack library" in project.said, project.said
    unreachable = {"AWS_ENDPOINT_URL": "http://127.0.0.1:9"}
    assert project.run("--yes", environment=unreachable) == 1 and "Look at the network" in project.said, project.said
    # On a machine of another kind, without the tool for it.
    other = "arm64" if 'Architecture = "x86_64"' in good else "x86_64"
    settings.write_text(good.replace("x86_64", other).replace('"arm64"', f'"{other}"'), encoding="utf-8")
    assert project.run("--dry-run") == 1 and "need cargo-lambda here" in project.said, project.said


def the_readme_tells_what_is_so(_project):
    readme = (ROOT / "infra/aws/README.md").read_text(encoding="utf-8")
    sys.path.insert(0, str(ROOT / "infra/aws"))
    import cost

    shown = readme.split("<!-- cost.py -->\n")[1].split("<!-- /cost.py -->")[0]
    assert shown == cost.table(), "infra/aws/cost.py --write"
    # The settings to copy are what the template takes.
    template = (ROOT / "infra/aws/template.yaml").read_text(encoding="utf-8")
    parameters = template.split("\nParameters:\n")[1].split("\nConditions:\n")[0]
    for name in tomllib.loads(readme.split("```toml\n")[1].split("```")[0])["parameters"]:
        assert f"\n  {name}:" in f"\n{parameters}", f"the template has no {name}"
    # Every alarm is explained.
    blocks = template.split("\nResources:\n")[1].split("\n  ")
    names = [line.rstrip(":") for line, following in zip(blocks, blocks[1:]) if "AWS::CloudWatch::Alarm" in following]
    assert names and all(f"`{name}`" in readme for name in names), [name for name in names if f"`{name}`" not in readme]


def is_test(value):
    """A function of one project."""
    return getattr(value, "__code__", None) and value.__code__.co_varnames[:1] in (("project",), ("_project",)) and value is not live


TESTS = [value for value in list(globals().values()) if is_test(value)]


def run(emulator, targets, number, test):
    """One test in a project and an account of its own; what went wrong, or None."""
    target = targets.get()
    project = Project(emulator, target, f"{number:012}")
    try:
        test(project)
        print(f"ok   {test.__name__}", flush=True)
        return None
    except Exception:
        print(f"FAIL {test.__name__}\n{traceback.format_exc()}", flush=True)
        return test
    finally:
        project.close()
        targets.put(target)


def main():
    """Runs those whose names hold one of the arguments, or all: two at a time, since most of it is waiting."""
    chosen = [test for test in TESTS if not sys.argv[1:] or any(word in test.__name__ for word in sys.argv[1:])]
    # Stopped from outside it ends as by itself, the emulator with it.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    emulator = Emulator()
    try:
        with tempfile.TemporaryDirectory(prefix="deploy-test-target-") as folder, ThreadPoolExecutor(2) as pool:
            # What cargo makes has the same name in all projects: a folder for each that runs.
            targets = queue.Queue()
            for name in ("one", "two"):
                targets.put(f"{folder}/{name}")
            failed = [*filter(None, pool.map(lambda one: run(emulator, targets, *one), enumerate(chosen, start=1)))]
    finally:
        emulator.stop()
    print(f"\n{len(chosen) - len(failed)} passed, {len(failed)} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
