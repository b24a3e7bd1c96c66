"""Write the table of analyses in ``docs/analyses/README.md`` from the registry.

python docs/make/analyses_table.py
"""

from pathlib import Path

from article10.runs.analyses.registry import documentation_table
from generated import with_blocks

PAGE = Path(__file__).resolve().parents[1] / "analyses" / "README.md"

if __name__ == "__main__":
    PAGE.write_text(with_blocks(PAGE.read_text("utf-8"), {"analyses": documentation_table()}), "utf-8")
