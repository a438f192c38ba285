"""Puts the finished graph and the browser's bundles into the wheel, so that an installed tiesgraph only has to start.

The pipeline is imported from the source tree by path: it is what is being built, and not installed yet.
"""

import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class PackHook(BuildHookInterface[Any]):
    """Runs the pipeline and the bundler once a wheel.

    An editable installation gets its bundles here, and makes its pack itself, when it is first used.
    """

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Make the bundles where they are stale, and the pack in a folder of its own; have the wheel take both in."""
        root = Path(self.root)
        sys.path.insert(0, str(root / "src"))
        from tiesgraph.assets import ASSETS, assets_are_fresh, make_assets

        if not assets_are_fresh(root):
            make_assets(root, into=ASSETS)
            self._tell("bundles", 1, 1)
        if version == "editable":
            return
        from tiesgraph.corpus import Corpus
        from tiesgraph.pack import write_pack
        from tiesgraph.pipeline import build

        store, manifest = build(Corpus.at(root), progress=self._tell, version=self.metadata.version)
        self._scratch = tempfile.mkdtemp(prefix="tiesgraph-pack-")
        write_pack(store, manifest, root=root, into=Path(self._scratch) / "_pack")
        build_data["force_include"][str(Path(self._scratch) / "_pack")] = "tiesgraph/_pack"
        build_data["force_include"][str(ASSETS)] = "tiesgraph/_assets"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:  # noqa: ARG002
        """Remove the folder once the wheel is written."""
        if version != "editable":
            shutil.rmtree(self._scratch)

    def _tell(self, stage: str, done: int, total: int) -> None:
        if done == total:
            self.app.display_info(f"{stage}: done")
