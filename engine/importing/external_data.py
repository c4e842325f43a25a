"""Weights that an exporter wrote into a file beside the ONNX file, read into its tensors.

Such a file lies in the same folder and is no link, so that an ONNX file from anybody cannot have
others read; names, places and sizes are checked before anything is read.
"""

import math
from collections.abc import Mapping
from pathlib import Path

import onnx
from onnx.helper import tensor_dtype_to_np_dtype

from engine.errors import ModelError


def read_external_data(model: onnx.ModelProto, folder: Path, most: int) -> None:
    """Read into the model's tensors what lies in files of `folder`; `most` bytes are all it takes.

    Raises ModelError for another place, for what is not there, and for sizes that do not fit.
    """
    total = model.ByteSize()
    for tensor in model.graph.initializer:
        if tensor.data_location != onnx.TensorProto.EXTERNAL:
            continue
        said = {entry.key: entry.value for entry in tensor.external_data}
        location, length = said.get("location", ""), _length(tensor)
        total += length
        if total > most:
            raise ModelError(
                f"it is larger than {most >> 20} MB with the weights in {location[:80]!r}."
            )
        try:
            tensor.raw_data = _read(_file(location, folder), said, length)
        except OSError as error:
            raise ModelError(f"{location[:80]!r} cannot be read: {error.strerror}.") from error
        tensor.ClearField("data_location")
        tensor.ClearField("external_data")


def _file(location: str, folder: Path) -> Path:
    if location in {"", ".", ".."} or any(each in location for each in "/\\:\0"):
        raise ModelError(
            f"its weights lie at {location[:80]!r}; only a file in the same folder is read."
        )
    path = folder / location
    if path.is_symlink() or not path.is_file():
        raise ModelError(
            f"its weights lie in {location[:80]!r}, which is no file in the same folder."
        )
    return path


def _length(tensor: onnx.TensorProto) -> int:
    """Return how many bytes a tensor takes."""
    if any(side < 0 for side in tensor.dims):
        raise ModelError(f"{tensor.name} claims the shape {tuple(tensor.dims)}.")
    return math.prod(tensor.dims) * tensor_dtype_to_np_dtype(tensor.data_type).itemsize


def _read(path: Path, said: Mapping[str, str], length: int) -> bytes:
    offset = int(said.get("offset", 0))
    claimed = int(said.get("length", length))
    if claimed != length or offset < 0 or offset + length > path.stat().st_size:
        raise ModelError(
            f"{length:,} bytes of weights are needed from {path.name}, where {claimed:,} at "
            f"{offset:,} are said to be, of {path.stat().st_size:,}."
        )
    with path.open("rb") as file:
        file.seek(offset)
        return file.read(length)
