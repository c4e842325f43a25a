"""Plans with two values in slots, also where they would not pay."""

import math
from collections.abc import Sequence

import numpy as np
import pytest

from engine.circuits import limits, planner
from engine.circuits.stages import Circuit, build_circuit
from engine.ckks.parameters import Settings
from engine.networks.layers import Conv2d, Dense, Network, Square
from tests.engine.small_networks import network_of

WANTED = Settings(poly_modulus_degree=16384, scale_bits=27)


def paired_circuit(network: Network, primes: Sequence[int] | None = None) -> Circuit:
    """Plan as if two values a slot cost nothing of precision."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(planner, "PAIRED_SHARE", math.inf)
        patch.setattr(limits, "PAIR_WEIGHT_BITS", 0)
        return build_circuit(network, WANTED, primes)


def wide_network() -> Network:
    rng = np.random.default_rng(0)
    layers = (
        Conv2d(rng.normal(size=(12, 3, 3, 3)) / 5, rng.normal(size=12) / 5, 1),
        Square(),
        Conv2d(rng.normal(size=(20, 12, 3, 3)) / 10, rng.normal(size=20) / 5, 2),
        Square(),
        Dense(rng.normal(size=(24, 500)) / 20, rng.normal(size=24) / 5),
        Square(),
        Dense(rng.normal(size=(7, 24)) / 5, rng.normal(size=7) / 5),
    )
    return network_of(*layers, shape=(3, 13, 13), classes=7)
