"""How exact an encrypted network will be, known before anything is encrypted.

A circuit is run with the errors of encryption (`engine.circuits.expected.noise`) on pictures of no
data set: the forecast knows no others. It is 0.4 to 2.8 times what real pictures and real keys give
in the median, for the shipped models at all settings of the published sweeps.
"""

import dataclasses
import functools
import math
from dataclasses import dataclass

import numpy as np

from engine.arrays import Array
from engine.circuits.batch.stages import BatchCircuit, BatchLinear
from engine.circuits.diagonals import Layout
from engine.circuits.execution import encode_circuit, run_stage
from engine.circuits.expected.noise import Deviations, Noisy, NoisyBackend
from engine.circuits.stages import Circuit, Leg, LinearStage
from engine.networks.blobs import blobs
from engine.networks.layers import Conv2d, Dense, Network, relative_errors

PICTURES = 6
CANDIDATES = 64
TYPICAL = 0.75
"""Real pictures have larger scores than most made up ones; those near this quantile are taken."""

CHANGED = 3.0
"""Measured by disturbing the scores of the shipped models' test pictures: 1.6 to 4.2 for all but
the X-rays (0.04), at errors of 0.2 to 10 %."""

UNKNOWN_ACCURACY = 0.8
GOOD = 3e-4
"""Of 1,000 answers then not even one is expected to change, and two in 4 of 100 trials."""
LOST_ERROR = 0.5
MOST = 5.0
"""No larger error is told. Where answers are lost its size says nothing; squares would make up to
29 times the largest score of it where 2 to 12 times were measured."""

SMALLEST = 1e-15


@dataclass(frozen=True)
class Precision:
    """What is to be expected of a picture: medians over pictures and keys.

    `relative_error` is the largest error of a score over the largest score; `stage_bits` the same
    for the values after each stage, as bits that are right, by the stage's key.
    """

    relative_error: float
    stage_bits: tuple[tuple[str, float], ...]


def changed_answers(network: Network, relative_error: float) -> float:
    """Return the share of answers that such an error will change.

    A network is undecided about as many pictures as it is wrong about: whatever the data set, the
    share is CHANGED times the share of wrong answers times the error. Above LOST_ERROR it is all.
    """
    if relative_error > LOST_ERROR:
        return 1.0
    card = network.card
    right = card.clear_accuracy / 100 if card.test_pictures else UNKNOWN_ACCURACY
    return CHANGED * (1 - right) * relative_error


def changed_words(share: float) -> str:
    """Return in few words what becomes of answers if this share of them changes."""
    if share <= GOOD:
        return "same answers"
    if share >= 1:
        return "answers lost"
    return f"{max(1, round(1000 * share))} in 1,000 change"


@np.errstate(all="ignore")
def predict_precision(
    circuit: Circuit, network: Network, *, reads_noise: bool = False
) -> Precision:
    """Run the circuit of a network with the errors of encryption.

    If it may as well read noise as pictures, the worse of both counts: its scores for one can be a
    thousand times as small as for the other, and an error of the same size so much larger.
    """
    chain = circuit.parameters.chain
    primes = [2**bits for bits in chain.coeff_modulus_bits]
    backend = NoisyBackend(chain.poly_modulus_degree, primes)
    masks = encode_circuit(circuit, backend.encode)
    pictures = _pictures(network, reads_noise=reads_noise)
    kinds, values = len(pictures), pictures.reshape(PICTURES, -1)
    errors = np.zeros_like(values)
    bits: list[tuple[str, float]] = []
    for leg in circuit.legs:
        x, layout = _encrypted(leg, backend, values, errors, chain.slots), None
        for stage in leg.stages:
            x = run_stage(stage, masks, backend, x)
            if isinstance(stage, LinearStage):
                layout = stage.plan.output
            assert layout is not None  # every leg begins with a linear layer
            values, errors = _read(x, layout)
            bits.append((stage.key, -math.log2(max(_median(values, errors, kinds), SMALLEST))))
    return Precision(_median(values, errors, kinds), tuple(bits))


@np.errstate(all="ignore")
def predict_batch(circuit: BatchCircuit, network: Network) -> float:
    """Return the expected relative error of scores of a batch, as in `Precision`."""
    chain = circuit.parameters.chain
    primes = [2**bits for bits in chain.coeff_modulus_bits]
    deviations, random = Deviations(chain.poly_modulus_degree, primes), np.random.default_rng(1)
    (values,), scale = _pictures(network), circuit.scale
    errors = random.normal(size=values.shape) * deviations.fresh / scale
    for stage, layer in zip(circuit.stages, network.layers, strict=True):
        if isinstance(stage, BatchLinear):
            assert isinstance(layer, Conv2d | Dense)  # linear layers and squares alternate
            gain = 1.0 if layer is network.layers[-1] else 0.5
            exact = Conv2d(
                gain * layer.weight.reshape(stage.weight.shape), stage.bias, stage.stride
            )
            rounded = dataclasses.replace(exact, weight=stage.weight)
            off = rounded.forward(values + errors)
            values = exact.forward(values)
            errors, scale = off - values, scale * stage.weight_scale
        else:
            # Both pictures of a slot are parted by a conjugation, z + conj(z) = 2 Re(z).
            switched = float(np.median(deviations.key_switch(stage.level)))
            errors = 2 * errors + random.normal(size=values.shape) * switched / scale
            errors = (4 * values + errors) * errors
            values, scale = 4 * values**2, scale**2
            errors += random.normal(size=values.shape) * switched / scale
        for prime in reversed(primes[stage.level - stage.drop : stage.level]):
            scale /= prime
            errors += random.normal(size=values.shape) * deviations.rescaled[2] / scale
    return _median(values.reshape(PICTURES, -1), errors.reshape(PICTURES, -1))


def _median(values: Array, errors: Array, kinds: int = 1) -> float:
    """Return the median relative error, MOST at most, of the kind of pictures with the largest."""
    found = np.nan_to_num(relative_errors(values + errors, values), nan=MOST, posinf=MOST)
    return max(float(np.median(each)) for each in np.split(np.minimum(found, MOST), kinds))


def _encrypted(
    leg: Leg, backend: NoisyBackend, values: Array, errors: Array, slots: int
) -> tuple[Noisy, ...]:
    packing = leg.packing
    packed = np.stack([packing.pack(each, slots) for each in values])
    off = np.stack([packing.pack(each, slots) for each in errors])
    return tuple(
        backend.encrypt(packed[:, place], off[:, place], packing.scale)
        for place in range(packed.shape[1])
    )


def _read(x: tuple[Noisy, ...], layout: Layout) -> tuple[Array, Array]:
    """Return the values of a layout (pictures, values) and their errors."""
    both = np.stack([each.values for each in x]), np.stack([each.error for each in x])
    unturned = layout.phases.conj()[:, None]
    values, errors = ((each[layout.ciphertext, :, layout.slots] * unturned).real for each in both)
    return values.T.astype(np.float64), errors.T.astype(np.float64)


@functools.lru_cache(maxsize=8)
def _pictures(network: Network, *, reads_noise: bool = False) -> Array:
    """Return PICTURES with scores of a usual size, (kinds, PICTURES / kinds, *input_shape)."""
    shape = network.card.input_shape
    kinds = [blobs(CANDIDATES, shape)]
    if reads_noise:
        kinds.append(np.random.default_rng(1).random((CANDIDATES, *shape)))
    chosen = []
    for pictures in kinds:
        scores = np.abs(network.forward(pictures)).max(axis=1)
        nearest = np.argsort(np.abs(scores - np.quantile(scores, TYPICAL)))
        chosen.append(pictures[nearest[: PICTURES // len(kinds)]])
    return np.stack(chosen)
