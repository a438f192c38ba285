"""Puts the finished graph into the wheel, so that an installed tiesgraph starts without reasoning.

The pipeline is imported from the source tree by path: it is what is being built, and not installed yet.
"""

import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class PackHook(BuildHookInterface[Any]):
    """Runs the pipeline once a wheel. An editable installation makes its pack itself, when it is first used."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Make the pack in a folder of its own and have the wheel take it in as `tiesgraph/_pack`."""
        if version == "editable":
            return
        root = Path(self.root)
        sys.path.insert(0, str(root / "src"))
        from tiesgraph.corpus import Corpus
        from tiesgraph.pack import write_pack
        from tiesgraph.pipeline import build

        store, manifest = build(Corpus.at(root), progress=self._tell, version=self.metadata.version)
        self._scratch = tempfile.mkdtemp(prefix="tiesgraph-pack-")
        write_pack(store, manifest, root=root, into=Path(self._scratch) / "_pack")
        build_data["force_include"][str(Path(self._scratch) / "_pack")] = "tiesgraph/_pack"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:  # noqa: ARG002
        """Remove the folder once the wheel is written."""
        if version != "editable":
            shutil.rmtree(self._scratch)

    def _tell(self, stage: str, done: int, total: int) -> None:
        if done == total:
            self.app.display_info(f"{stage}: done")
