"""The stack: the template checked, a change set made, shown and executed."""

import re
import shutil
import subprocess
import time
from pathlib import Path

from .aws import AwsError
from .tell import Failure, ask, say

# CloudFormation takes this much in a call.
BYTES_MAX = 51200
# What must never go because of a template: a person would have to take it out of the stack first.
DATA = ("AWS::DynamoDB::Table", "AWS::S3::Bucket")
SETTLED = ("CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE",
           "IMPORT_COMPLETE", "IMPORT_ROLLBACK_COMPLETE")


class Stack:
    """One stack of one region."""

    def __init__(self, aws, name):
        self.aws, self.name = aws, name
        self.load()

    def load(self):
        """What the stack is now. `there`: it can be updated; otherwise it has to be created."""
        try:
            found = self.aws.call("cloudformation", "describe-stacks", "--stack-name", self.name)["Stacks"][0]
        except AwsError as error:
            if not error.has("does not exist"):
                raise
            found = {"StackStatus": "NONE"}
        status = found["StackStatus"]
        show = f"aws cloudformation describe-stack-events --stack-name {self.name} --region {self.aws.region}"
        if status == "ROLLBACK_COMPLETE":
            raise Failure(
                f"The stack {self.name} could not be created the last time, and its rest is in the way.",
                f"`{show}` says why. Then `aws cloudformation delete-stack --stack-name {self.name} --region {self.aws.region}`, and run it again.",
            )
        if status == "UPDATE_ROLLBACK_FAILED":
            raise Failure(f"The stack {self.name} is stuck half way back.",
                          f"`{show}` says why; then `aws cloudformation continue-update-rollback --stack-name {self.name}`.")
        if status not in SETTLED + ("NONE", "REVIEW_IN_PROGRESS"):
            raise Failure(f"The stack {self.name} is busy or broken ({status}): somebody else deploys, or a deletion failed.",
                          f"Wait until it is done (`{show}`), then run it again.")
        self.there = status in SETTLED
        self.parameters = {one["ParameterKey"]: one["ParameterValue"] for one in found.get("Parameters", [])}
        self.outputs = {one["OutputKey"]: one["OutputValue"] for one in found.get("Outputs", [])}

    def output(self, name):
        """A value that the stack gives. It is always there when the template is ours."""
        if name not in self.outputs:
            raise Failure(f"The stack {self.name} has no output {name}.",
                          "Deploy the template of this checkout first (deploy without --site-only).")
        return self.outputs[name]

    def check(self, path):
        """Checks a template; what AWS says of it (its parameters)."""
        text = path.read_text(encoding="utf-8")
        if len(text.encode()) > BYTES_MAX:
            raise Failure(f"{path.name} has {len(text.encode())} bytes; CloudFormation takes {BYTES_MAX}.", "Shorten it.")
        alias = re.search(r"^.*(?::|-) +[&*][A-Za-z]\w*\s*$", text, re.MULTILINE)
        if alias:
            line = text[: alias.start()].count("\n") + 1
            raise Failure(f"{path.name}, line {line}, has a YAML alias: CloudFormation doesn't take them.",
                          "Write the part out at each place.")
        if shutil.which("cfn-lint"):
            done = subprocess.run(["cfn-lint", str(path)], capture_output=True, text=True, check=False)
            if done.returncode != 0:
                raise Failure(f"cfn-lint says of {path.name}:\n{done.stdout.strip()}{done.stderr.strip()}", "Mend the template.")
        else:
            say("  cfn-lint isn't here (`pip install cfn-lint`): the template is checked by AWS alone")
        return self.aws.call("cloudformation", "validate-template", "--template-body", f"file://{path}")

    def change(self, parameters, yes, dry=False, template=None, capabilities=(), before=None):
        """
        Makes a change set of these parameters, shows it, asks, runs `before` and executes it.
        Without `template` the stack keeps the one it has; a parameter of value None keeps its value.
        Whether anything was to be changed.
        """
        given = [{"ParameterKey": name, "UsePreviousValue": True} if value is None
                 else {"ParameterKey": name, "ParameterValue": value} for name, value in sorted(parameters.items())]
        if dry:
            self.compare(parameters)
            return True
        kind = "UPDATE" if self.there else "CREATE"
        change_set = f"deploy-{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime())}-{time.time_ns() % 1000:03}"
        names = ["--stack-name", self.name, "--change-set-name", change_set]
        source = ["--template-body", f"file://{template}"] if template else ["--use-previous-template"]
        self.aws.call("cloudformation", "create-change-set", *names, "--change-set-type", kind, *source,
                      *(["--capabilities", *capabilities] if capabilities else []), given={"Parameters": given})
        made = self.wait_for_change_set(names)
        if made is None:
            self.aws.call("cloudformation", "delete-change-set", *names)
            say("  the stack has nothing to change")
            return False
        self.show(made)
        ask(f"Change the stack {self.name} like this?", yes)
        if before:
            before()
        self.aws.call("cloudformation", "execute-change-set", *names)
        self.wait(kind)
        self.load()
        return True

    def wait_for_change_set(self, names):
        """The change set when AWS has made it; None if there is nothing in it."""
        while True:
            made = self.aws.call("cloudformation", "describe-change-set", *names)
            if made["Status"] == "CREATE_COMPLETE":
                return made
            if made["Status"] == "FAILED":
                reason = made.get("StatusReason", "")
                if "didn't contain changes" in reason or "No updates are to be performed" in reason:
                    return None
                raise Failure(f"AWS can't make the change: {reason}", "Mend what it names, then run it again.")
            time.sleep(2)

    def show(self, made):
        """The changes, a line each, and no further if data would go."""
        lost = []
        for entry in made.get("Changes", []):
            one = entry.get("ResourceChange", {})
            note = {"True": ", made anew", "Conditional": ", perhaps made anew"}.get(one.get("Replacement"), "")
            say(f"  {one.get('Action', '?').lower()} {one.get('LogicalResourceId')} ({one.get('ResourceType')}{note})")
            if one.get("ResourceType") in DATA and (one.get("Action") == "Remove" or one.get("Replacement") == "True"):
                lost.append(one.get("LogicalResourceId"))
        if lost:
            raise Failure(
                f"This would put another in the place of {', '.join(lost)}, which holds what must not be lost.",
                "Nothing was changed. If that is meant, README.md, 'Bringing data back', says how to move first.",
            )

    def compare(self, parameters):
        """For --dry-run, which makes no change set."""
        if not self.there:
            say(f"  would create the stack {self.name}")
            return
        for name, value in sorted(parameters.items()):
            # Stars: one that AWS doesn't show.
            if value is not None and self.parameters.get(name) not in (value, "****"):
                say(f"  would set {name} = {value} (now {self.parameters.get(name, 'absent')})")

    def wait(self, kind):
        """Until the stack has settled. CloudFront alone takes some minutes."""
        say("  waiting for AWS (CloudFront takes up to 15 minutes when it changes)")
        while True:
            status = self.aws.call("cloudformation", "describe-stacks", "--stack-name", self.name)["Stacks"][0]["StackStatus"]
            if status == f"{kind}_COMPLETE":
                return
            if not status.endswith("_IN_PROGRESS"):
                break
            time.sleep(2)
        events = self.aws.call("cloudformation", "describe-stack-events", "--stack-name", self.name)["StackEvents"]
        failed = [f"{one['LogicalResourceId']}: {one.get('ResourceStatusReason', 'no reason given')}"
                  for one in events if one["ResourceStatus"].endswith("_FAILED")]
        # AWS tells the newest first; what failed first is the reason for the others.
        told = "\n  ".join(failed[::-1][:5] or ["no event says why"])
        raise Failure(f"AWS could not make the change and has put back what was:\n  {told}",
                      "Mend what the first line names, then run it again.")


def code_bucket(aws, stack):
    """The name of the bucket for code. It holds the account's number, so that nobody else has it."""
    return f"{stack}-code-{aws.account()}-{aws.region}"


def make_code_bucket(aws, name):
    """Makes it, if it isn't there."""
    if aws.has_bucket(name):
        return
    say(f"  making the bucket {name} for code")
    place = [] if aws.region == "us-east-1" else ["--create-bucket-configuration", f"LocationConstraint={aws.region}"]
    aws.call("s3api", "create-bucket", "--bucket", name, *place)
    aws.call("s3api", "put-public-access-block", "--bucket", name, "--public-access-block-configuration",
             "BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true")


def template_path(root: Path):
    """Where the template is."""
    return root / "infra" / "aws" / "template.yaml"
