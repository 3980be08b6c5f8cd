"""What a person is told, and what is asked. Results on stdout, failures on stderr."""

import sys


class Failure(Exception):
    """What happened, and what to do: two sentences for the person at the terminal."""

    def __init__(self, what, then):
        super().__init__(what)
        self.what = what
        self.then = then


def say(text=""):
    """A line that isn't held back while a long step runs."""
    print(text, flush=True)


def ask(question, yes):
    """Goes on only after a yes. `yes`: it was given on the command line."""
    if yes:
        return
    if not sys.stdin.isatty():
        raise Failure(
            f"{question} Nobody is there to answer.",
            "Run it in a terminal, or add --yes if nobody has to look.",
        )
    if input(f"{question} [yes/no] ").strip().lower() not in ("y", "yes"):
        raise Failure("Stopped, as you said.", "The running service is as it was.")
