"""Rounding a mask so that its error falls where nobody looks: into the imaginary parts.

CKKS encodes a mask as a polynomial with integer coefficients; rounding them disturbs every slot
by about sqrt(N / 12). The real parts of the slots depend only on the differences c[k] - c[N-k],
so rounding each difference to an integer, and letting the pair's odd unit fall into its sum,
halves the error of the real parts; the sums only reach the imaginary parts, which no score
depends on. Measured on network 1: worth one bit of scale in every mask.
"""

import functools

import numpy as np
import numpy.typing as npt

from engine.arrays import Array, ComplexArray, Weights


def round_mask(values: Weights, scale: float) -> ComplexArray:
    """Return slot values that SEAL encodes at `scale` without further rounding.

    `values` holds all slots, shape (N/2,); the result differs from them by the rounding only. If
    they are complex, both parts are meant, and errors are the same in both.
    """
    degree = 2 * len(values)
    target = _coefficients(values.astype(np.complex128), degree) * scale
    rounded = np.rint(target)
    if np.iscomplexobj(values):
        return _slots(rounded, degree) / scale
    head = slice(1, degree // 2)
    tail = slice(degree - 1, degree // 2, -1)
    difference = np.rint(target[head] - target[tail])
    # An odd difference cannot be split evenly: the extra unit alternates in sign between pairs.
    odd = np.fmod(np.abs(difference), 2) * np.where(np.arange(len(difference)) & 2, 1, -1)
    rounded[head] = (difference + odd) / 2
    rounded[tail] = (odd - difference) / 2
    return _slots(rounded, degree) / scale


@functools.cache
def slot_exponents(degree: int) -> npt.NDArray[np.int64]:
    """Return the power of the 2N-th root of unity that each slot is the value at (N/2,)."""
    exponent, exponents = 1, []
    for _ in range(degree // 2):  # SEAL's order: powers of 3
        exponents.append(exponent)
        exponent = exponent * 3 % (2 * degree)
    return np.asarray(exponents)


@functools.cache
def _roots(degree: int) -> tuple[ComplexArray, npt.NDArray[np.int64]]:
    """Return the powers of the 2N-th root of unity, and each slot's place among the odd ones."""
    psi = np.exp(1j * np.pi / degree * np.arange(degree))
    return psi, (slot_exponents(degree) - 1) // 2


def _slots(coefficients: Array, degree: int) -> ComplexArray:
    psi, places = _roots(degree)
    return (np.fft.ifft(coefficients * psi) * degree)[places]


def _coefficients(slots: ComplexArray, degree: int) -> Array:
    psi, places = _roots(degree)
    values = np.empty(degree, dtype=np.complex128)
    values[places] = slots
    values[degree - 1 - places] = slots.conj()
    return np.real(np.fft.fft(values) / degree / psi)
