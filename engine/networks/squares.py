"""Polynomial activations by squares alone: each square is of a sum of what came before.

With t the input over its size, a quadratic is one square, a·t² + b·t + c = a·(t + b/2a)² + ….
For degrees 3 and 4 there are two, one after the other. From (t + 1)² and (t - 1)² come t² and t,
so that the second time any quadratic can be squared: a quartic is c4·(t² + pt + g)² with
p = c3 / 2·c4, and what is left a quadratic, one more square beside it; and a cubic begins
2k·t³ = (t² + kt)² - (t²)² - k²t². Two squares are the fewest: one gives degree 2.
"""

from dataclasses import dataclass

import numpy as np

from engine.arrays import Array
from engine.networks.layers import Polynomial

TRIED = (0.0, 0.5, -0.5, 1.0, -1.0, 2.0, -2.0)
"""Values of g, or of k where it is not zero; the one that keeps numbers smallest is taken."""


@dataclass(frozen=True, eq=False)
class Mix:
    """New values of a channel from several old ones, the same at every place.

    Value k of channel c is the sum over j of `gain[k, j, c]` times value j, plus `shift[k, c]`.
    """

    gain: Array
    shift: Array


def scaling(gain: Array, shift: Array) -> Mix:
    """Return each channel times `gain` plus `shift`, both (channels,)."""
    return Mix(gain[None, None], shift[None])


def mixes(layer: Polynomial) -> tuple[Mix, ...]:
    """Return sums between which squares make the activation: one more than there are squares."""
    powers = layer.size ** np.arange(len(layer.coefficients))[:, None]
    c = layer.coefficients * powers
    ones = np.ones_like(layer.size)
    if len(c) == 3:
        shift = c[1] / (2 * c[2])
        return scaling(1 / layer.size, shift), scaling(c[2], c[0] - c[2] * shift**2)
    first = Mix(np.stack([[1 / layer.size], [1 / layer.size]]), np.stack([ones, -ones]))
    quadratics, weights, rest = _quartic(c) if len(c) == 5 else _cubic(c)
    # Rows (t², t, 1) of each quadratic on (t + 1)² and (t - 1)².
    square, straight, constant = np.swapaxes(quadratics, 0, 1)
    second = Mix(
        np.stack([square / 2 + straight / 4, square / 2 - straight / 4], axis=1),
        constant - square,
    )
    return first, second, Mix(weights[None], rest[None])


def _quartic(c: Array) -> tuple[Array, Array, Array]:
    """Return quadratics (each, 3, channels), the weights of their squares, and a constant."""
    beta = c[3] / (2 * c[4])
    gamma = _smallest(
        [(value, c[2] - c[4] * (beta**2 + 2 * value), c[1] - 2 * c[4] * beta * value)
         for value in TRIED]
    )  # fmt: skip
    second, straight = c[2] - c[4] * (beta**2 + 2 * gamma), c[1] - 2 * c[4] * beta * gamma
    shift = straight / (2 * second)
    ones, none = np.ones_like(beta), np.zeros_like(beta)
    quadratics = np.stack([[ones, beta, gamma], [none, ones, shift]])
    return quadratics, np.stack([c[4], second]), c[0] - c[4] * gamma**2 - second * shift**2


def _cubic(c: Array) -> tuple[Array, Array, Array]:
    k = _smallest([(value, c[2] - c[3] * value / 2, c[1]) for value in TRIED if value])
    second = c[2] - c[3] * k / 2
    shift = c[1] / (2 * second)
    ones, none = np.ones_like(k), np.zeros_like(k)
    quadratics = np.stack([[ones, k, none], [ones, none, none], [none, ones, shift]])
    weight = c[3] / (2 * k)
    return quadratics, np.stack([weight, -weight, second]), c[0] - second * shift**2


def _smallest(choices: list[tuple[float, Array, Array]]) -> Array:
    """Return for each channel the value for which what is left, s·t² + r·t, shifts t least."""
    with np.errstate(divide="ignore", invalid="ignore"):
        sizes = [
            np.where(np.abs(second) > 1e-6, abs(value) + np.abs(straight / (2 * second)), np.inf)
            for value, second, straight in choices
        ]
    values: Array = np.array([value for value, _, _ in choices])[np.argmin(sizes, axis=0)]
    return values
