"""What the build backend asks for: the long description and links of a wheel.

CIPHERSKETCH_HOME is the address of the repository that a wheel is published from; without it there
are neither links nor pictures.
"""

import os
import sys
from pathlib import Path
from typing import Any

from hatchling.metadata.plugin.interface import MetadataHookInterface


class ProjectPage(MetadataHookInterface):
    """Fills in `readme` and `urls`."""

    def update(self, metadata: dict[str, Any]) -> None:
        """Change the project's metadata in place."""
        sys.path.insert(0, self.root)
        from app.bundle.long_description import long_description  # noqa: PLC0415 - just found

        home = os.environ.get("CIPHERSKETCH_HOME", "").rstrip("/")
        text = (Path(self.root) / "README.md").read_text(encoding="utf-8")
        metadata["readme"] = {
            "content-type": "text/markdown",
            "text": long_description(text, home),
        }
        if home:
            metadata["urls"] = {
                "Homepage": home,
                "Changelog": f"{home}/blob/main/CHANGELOG.md",
                "Issues": f"{home}/issues",
            }
