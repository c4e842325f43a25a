"""A trained torch module made into a model, by way of ONNX: one reader for all networks."""

import io
import warnings

import torch
from torch import Tensor, nn

from engine.arrays import Array
from engine.importing.model import NOTHING_SAID, Preparation, check_name, keep, network_from
from engine.importing.onnx_file import parse_onnx
from engine.networks.layers import Network


def from_torch(
    module: nn.Module,
    example: Tensor,
    name: str,
    preparation: Preparation = NOTHING_SAID,
    samples: Array | None = None,
) -> Network:
    """Make a model of `module`, which reads tensors like `example`, and keep it under `name`.

    `samples`, if any, are inputs (n, *input shape) to measure with. Raises ModelError, with the
    operator's name, for a module that cannot run encrypted.
    """
    check_name(name)
    file = io.BytesIO()
    was_training = module.training
    module.eval()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the exporter that needs nothing more is an older one
            # The older exporter writes to memory too, though its types do not say so.
            torch.onnx.export(module, (example[:1],), file, dynamo=False)  # type: ignore[arg-type]
    finally:
        module.train(was_training)
    graph = parse_onnx(file.getvalue(), name)
    return keep(network_from(graph, name, preparation, samples))
