"""The scenarios that come with the package, as text: to list them, none has to be built."""

from __future__ import annotations

from importlib import resources

ROOT = "baseline"
"""The scenario on which all others are based."""


def shipped() -> dict[str, str]:
    """The scenarios that come with the package: name to TOML text, in alphabetical order, the baseline first."""
    folder = resources.files("article10.model.scenarios")
    found = {f.name[:-5]: f for f in folder.iterdir() if f.name.endswith(".toml")}
    return {name: found[name].read_text("utf-8") for name in sorted(found, key=lambda n: (n != ROOT, n))}
