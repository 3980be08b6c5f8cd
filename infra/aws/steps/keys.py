"""The secrets in SSM: made once, rotated by number, never printed."""

import base64
import datetime
import json
import secrets

from .aws import AwsError
from .tell import Failure, ask, say

RINGS = {"token": "token_keys", "link": "link_keys", "master": "master_keys"}
# A form lives 24 hours; its key twice that (the desk's rule).
TOKEN_HOURS = 48
# What a parameter of SSM's standard tier holds.
VALUE_MAX = 4096


def new_key():
    """32 bytes, as handler/src/crypto/secrets.rs reads them."""
    return base64.b64encode(secrets.token_bytes(32)).decode()


def new_origin():
    """What CloudFront shows the desk. Goes into a header: letters and digits, no comma."""
    return secrets.token_hex(32)


def get(aws, name):
    """A parameter as SSM has it, or None."""
    try:
        return aws.call("ssm", "get-parameter", "--name", name, "--with-decryption")["Parameter"]
    except AwsError as error:
        if error.has("ParameterNotFound"):
            return None
        raise


def put(aws, name, kind, value, overwrite):
    """Writes a parameter. Without `overwrite` one that is there stays: whether it was written."""
    if len(value) > VALUE_MAX:
        raise Failure(f"{name} would be longer than SSM's {VALUE_MAX} characters.",
                      "Too many keys: README.md, 'Rotating secrets', says which may go.")
    given = {"Name": name, "Type": kind, "Value": value, "Overwrite": overwrite}
    try:
        aws.call("ssm", "put-parameter", given=given)
    except AwsError as error:
        if not overwrite and error.has("ParameterAlreadyExists"):
            return False
        raise
    return True


def make(aws, secrets_name, origin_name, dry):
    """Makes what isn't there. What is there stays: a new id or master key would lose the stored requests."""
    first = {"id_key": new_key(), **{ring: {"1": new_key()} for ring in RINGS.values()}}
    for name, kind, value, what in (
        (secrets_name, "SecureString", json.dumps(first), "keys of ids, tokens, links and sealed bodies"),
        (origin_name, "String", new_origin(), "what CloudFront shows the desk"),
    ):
        if dry:
            say(f"  {name} {'is there' if get(aws, name) else 'would be made'}: {what}")
        elif put(aws, name, kind, value, overwrite=False):
            say(f"  made {name}: {what}")
        else:
            say(f"  {name} is there and stays: {what}")


def read_rings(aws, name):
    """The keys and when they were last written."""
    found = get(aws, name)
    if found is None:
        raise Failure(f"There is no {name} yet.", "`infra/aws/deploy secrets` makes it.")
    try:
        value = json.loads(found["Value"])
        assert all(value[ring] and all(number.isdigit() for number in value[ring]) for ring in RINGS.values())
    except (ValueError, KeyError, TypeError, AttributeError, AssertionError):
        raise Failure(f"{name} doesn't hold the desk's keys.",
                      "`aws ssm get-parameter-history` has what it held before: put that back. Don't make a new one.") from None
    written = found["LastModifiedDate"]
    when = (datetime.datetime.fromtimestamp(written, datetime.timezone.utc) if isinstance(written, (int, float))
            else datetime.datetime.fromisoformat(written.replace("Z", "+00:00")))
    return value, when


def rotate_ring(aws, stack, which, name, yes, dry):
    """Adds a key with the next number, and lets the functions start anew with it."""
    value, written = read_rings(aws, name)
    ring = value[RINGS[which]]
    newest = max(map(int, ring))
    dropped = []
    hours = (datetime.datetime.now(datetime.timezone.utc) - written).total_seconds() / 3600
    # The newest key is at least as old as the last writing; only then its elders have nothing left to open.
    if which == "token" and hours >= TOKEN_HOURS:
        dropped = [number for number in ring if int(number) < newest]
    say(f"  {which} key {newest + 1} would be added; older ones stay: "
        f"{', '.join(sorted((n for n in ring if n not in dropped), key=int))}"
        + (f"; gone, since nothing uses them: {', '.join(sorted(dropped, key=int))}" if dropped else ""))
    if dry:
        return
    ask(f"Add {which} key {newest + 1}?", yes)
    value[RINGS[which]] = {**{n: key for n, key in ring.items() if n not in dropped}, str(newest + 1): new_key()}
    put(aws, name, "SecureString", json.dumps(value), overwrite=True)
    say(f"  added {which} key {newest + 1}")
    start_anew(stack)


def rotate_origin(aws, stack, name, yes, dry):
    """
    Old secret and new one, so that no request is refused meanwhile: first the desk learns the new
    one, then CloudFront sends it, then the desk forgets the old one. Cut off anywhere, the service
    still runs, and the next run begins again with the secret that CloudFront sends.
    """
    found = get(aws, name)
    if found is None:
        raise Failure(f"There is no {name} yet.", "`infra/aws/deploy secrets` makes it.")
    old = found["Value"].split(",")[0]
    say("  the desk would learn a new secret, CloudFront send it, the desk forget the old one: some 15 minutes")
    if dry:
        return
    ask("Do it now?", yes)
    if "," in found["Value"]:
        say("  the last rotation was cut off: first all is made to agree on the secret that is sent")
        start_anew(stack)
        settled(aws, stack)
    new = new_origin()
    for value, what in ((f"{old},{new}", "the desk knows both"), (f"{new},{old}", "CloudFront sends the new one"),
                        (new, "the desk has forgotten the old one")):
        put(aws, name, "String", value, overwrite=True)
        start_anew(stack)
        settled(aws, stack)
        say(f"  {what}")


def start_anew(stack):
    """The functions read their secrets when they start: a new generation starts them anew."""
    if not stack.there:
        say("  there is no stack yet that would use it")
        return
    generation = int(stack.parameters.get("SecretsGeneration", "1")) + 1
    parameters = {key: None for key in stack.parameters}
    parameters["SecretsGeneration"] = str(generation)
    stack.change(parameters, yes=True, capabilities=["CAPABILITY_IAM"])


def settled(aws, stack):
    """Until CloudFront sends everywhere what it was told."""
    if stack.there:
        aws.call("cloudfront", "wait", "distribution-deployed", "--id", stack.output("DistributionId"))


def names(settings, stack):
    """Where the secrets are: as settings.toml says, as the stack has it, or as the template does."""
    def one(parameter, default):
        return settings.parameters.get(parameter) or stack.parameters.get(parameter) or default
    return one("SecretsParameter", "/book-a-librarian/secrets"), one("OriginParameter", "/book-a-librarian/origin")


def must_be_there(aws, both):
    """Before the stack is made, which reads one of them."""
    missing = [name for name in both if get(aws, name) is None]
    if missing:
        raise Failure(f"There is no {' and no '.join(missing)} in SSM.", "Run `infra/aws/deploy secrets` once, then this again.")
