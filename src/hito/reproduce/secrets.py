"""What must not leave the machine with a run's source: files, lines and arguments that look like secrets.

It is a net with holes, and errs on the side of leaving out. What was left out is named in `hito/environment.json`.
"""

import fnmatch
import re
from collections.abc import Sequence

_FILES = (
    ".env .env.* *.env .envrc .netrc _netrc .pypirc .npmrc .htpasswd *.pem *.key *.p12 *.pfx *.jks *.keystore *.kdbx *.gpg "
    "*.asc id_rsa* id_dsa* id_ecdsa* id_ed25519* *credential* *secret* *password* *passwd* *token* kubeconfig .git-credentials "
    "service_account*.json *-key.json .dockercfg .dockerconfigjson"
).split()
_NOT_SECRET = re.compile(r".*token(?:iz|s?\.py$|_?(?:embed|count|class))", re.IGNORECASE)
"""`tokenizer.py` is a source file like any other."""

_CONTENT = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----"
    r"|\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"  # AWS
    r"|\bgh[pousr]_[A-Za-z0-9]{36,}\b|\bgithub_pat_[A-Za-z0-9_]{40,}\b"
    r"|\bglpat-[A-Za-z0-9_\-]{20,}\b"
    r"|\bxox[abprs]-[A-Za-z0-9-]{10,}\b"  # Slack
    r"|\bsk-[A-Za-z0-9_\-]{32,}\b"
    r"|\bhf_[A-Za-z0-9]{30,}\b"
    r"|\bAIza[0-9A-Za-z_\-]{35}\b"
    r"|\beyJ[A-Za-z0-9_\-]{10,}\.eyJ[A-Za-z0-9_\-]{10,}\.[A-Za-z0-9_\-]{10,}"  # a JSON web token
    r"|://[^/\s:@'\"{}$]+:[^/\s@'\"{}$]+@"  # a password in an address
)
_ASSIGNED = re.compile(
    r"(?i)\b[\w.\-]*(?:password|passwd|secret|api[_\-]?key|access[_\-]?key|auth[_\-]?token|access[_\-]?token|private[_\-]?key)"
    r"[\w\-]*[\"']?\s*[:=]\s*[\"'](?!\{|\$|<|%|\*|os\.|env)[^\"'\s]{6,}[\"']"
)
_OPTION = re.compile(
    r"(?i)^--?[\w\-.]*(?:password|passwd|secret|token|api[_\-]?key|access[_\-]?key|credential)[\w\-.]*$"
)

MASK = "***"


def is_secret_file(path: str) -> bool:
    """Whether a file is left out for its name, or for the name of a folder it is in."""
    return any(
        fnmatch.fnmatch(part.lower(), pattern) and not _NOT_SECRET.match(part)
        for part in path.split("/")
        for pattern in _FILES
    )


def holds_secret(text: str) -> bool:
    """Whether a text has something in it that looks like a key or a password."""
    return _CONTENT.search(text) is not None or _ASSIGNED.search(text) is not None


def masked_lines(text: str) -> str:
    """The text, with every line that looks like a secret replaced."""
    if not holds_secret(text):
        return text
    return "\n".join(
        f"# {MASK} a line that looks like a secret" if holds_secret(line) else line for line in text.split("\n")
    )


def masked_arguments(arguments: Sequence[str]) -> list[str]:
    """A command line, with the values of `--password x`, `--token=x` and the like replaced."""
    found = []
    hide_next = False
    for argument in arguments:
        option, equals, _ = argument.partition("=")
        if hide_next and not argument.startswith("-"):
            found.append(MASK)
            hide_next = False
            continue
        hide_next = False
        if _OPTION.match(option):
            found.append(f"{option}={MASK}" if equals else option)
            hide_next = not equals
        elif _CONTENT.search(argument):
            found.append(MASK)
        else:
            found.append(argument)
    return found
