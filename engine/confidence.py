"""How sure an accuracy is: the interval that holds the true one in 95 of 100 measurements."""

import math

Z = 1.959964
"""Standard deviations on either side of the mean that hold 95% of a normal distribution."""


def confidence_interval(right: int, total: int) -> tuple[float, float]:
    """Return Wilson's 95% score interval, in percent, of `right` out of `total` (1 or more).

    E. B. Wilson, Probable inference, the law of succession, and statistical inference, 1927. It
    stays within 0 and 100 and holds for few errors too, where the usual formula does not.
    """
    share, weight = right / total, Z**2 / total
    centre = share + weight / 2
    spread = Z * math.sqrt(share * (1 - share) / total + weight / (4 * total))
    low, high = ((centre + sign * spread) / (1 + weight) for sign in (-1, 1))
    return 100 * max(0.0, low), 100 * min(1.0, high)
