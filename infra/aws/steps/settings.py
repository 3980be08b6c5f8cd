"""settings.toml: which stack, where, with which parameters. It is kept in Git; it holds no secrets."""

import re
import tomllib
from dataclasses import dataclass, field
from pathlib import Path

from .tell import Failure

# What `deploy` finds out itself.
OWN = ("CodeBucket", "DeskCodeKey", "DeliverCodeKey", "SweepCodeKey", "OriginSecret", "SecretsGeneration")


@dataclass
class Settings:
    """What settings.toml says."""

    stack: str
    region: str
    parameters: dict = field(default_factory=dict)

    @staticmethod
    def read(path: Path):
        """Reads and checks the file."""
        example = "README.md, 'The settings', has one to copy."
        try:
            data = tomllib.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise Failure(f"There is no {path}.", f"Write it: {example}") from None
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise Failure(f"{path} can't be read: {error}.", f"Mend it; {example}") from None
        unknown = sorted(set(data) - {"stack", "region", "parameters"})
        if unknown:
            raise Failure(f"{path} has {', '.join(unknown)}, which nobody reads.", f"Is it misspelt? {example}")
        for key in ("stack", "region"):
            if not isinstance(data.get(key), str) or not data[key]:
                raise Failure(f"{path} doesn't say `{key}`.", f"Add it; {example}")
        parameters = {}
        for name, value in data.get("parameters", {}).items():
            if name in OWN:
                raise Failure(f"{path} sets {name}.", "Take it out: deploy finds it out itself.")
            if not isinstance(value, (str, int)) or isinstance(value, bool):
                raise Failure(f"{path}: {name} is neither a text nor a number.", "Write it in quotes.")
            parameters[name] = str(value)
        return Settings(data["stack"], data["region"], parameters)

    def complete(self, declared, template):
        """
        All parameters of a template, so that settings.toml and the template alone decide, and not
        what the stack had before. `declared`: the template's parameters as AWS lists them, which
        doesn't tell an empty default from none: the template's text does.
        """
        def default(one):
            block = re.search(rf"(?s)\n  {one['ParameterKey']}:.*?(?=\n  \w|\n\w)", template)
            return one.get("DefaultValue", "") if block and re.search(r"\bDefault:", block[0]) else None

        defaults = {one["ParameterKey"]: default(one) for one in declared}
        unknown = sorted(set(self.parameters) - set(defaults))
        if unknown:
            known = ", ".join(sorted(set(defaults) - set(OWN)))
            raise Failure(f"settings.toml sets {', '.join(unknown)}, which the template doesn't have.",
                          f"It has: {known}.")
        values = {name: self.parameters.get(name, default) for name, default in defaults.items() if name not in OWN}
        missing = sorted(name for name, value in values.items() if value is None)
        if missing:
            raise Failure(f"settings.toml doesn't say {', '.join(missing)}.",
                          "Add them under [parameters]; the template says beside each what it is.")
        return values
