"""Why an operation cannot be done, in a sentence that says what would work.

Each guard looks for one reason and returns a Refusal, or None where there is none. SEAL itself
refuses most of them; what it would do without a word, but not as meant, is refused here.
"""

import math

from engine.playground.operations import (
    ModSwitch,
    Numbers,
    Relinearize,
    Rescale,
    SetScale,
)
from engine.playground.reasons import Operand, Reason, Refusal, primes_text, scale_text
from engine.playground.settings import WorkbenchSetting
from engine.playground.values import Value

LARGEST_NUMBER = 1000.0
SMALLEST_NUMBER = 0.0001
NEAR_SCALE = 1.25
"""A scale is set to another only where the numbers change by less than this factor."""

LOST_BITS = 4
"""A rescale may not leave a scale so many bits below the setting's."""

USED_UP = (
    "The chain is used up: decrypt and encrypt afresh, or choose a chain with more primes; "
    "SEAL has no bootstrapping."
)


def other_levels(x: Operand, y: Operand) -> Refusal | None:
    """Refuse two values that do not have equally many primes."""
    if x.value.level == y.value.level:
        return None
    higher = max(x, y, key=lambda each: each.value.level)
    return Refusal(
        Reason.LEVELS,
        f"{x.name} has {primes_text(x.value.level)} left and {y.name} has {y.value.level}, but "
        f"both must be at the same level. Mod switch {higher.name} first.",
        before=ModSwitch(higher.place),
    )


def other_scales(x: Operand, y: Operand, setting: WorkbenchSetting) -> Refusal | None:
    """Refuse a sum of two values whose scales differ; SEAL compares them as doubles."""
    first, second = x.value.scale, y.value.scale
    if math.isclose(first, second, rel_tol=2**-52):
        return None
    said = (
        f"{x.name} has the scale {scale_text(first)} and {y.name} {scale_text(second)}, but only "
        "equal scales can be added."
    )
    larger = max(x, y, key=lambda each: each.value.scale)
    if not _is_near(larger.value, setting):
        before = Rescale(larger.place) if larger.value.level > 1 else None
        hint = f"Rescale {larger.name} first." if before else USED_UP
        return Refusal(Reason.SCALES, f"{said} {hint}", before=before)
    off = y if first == setting.scale else x
    change = abs(off.value.scale / setting.scale - 1)
    return Refusal(
        Reason.SCALES,
        f"{said} Set the scale of {off.name} to {scale_text(setting.scale)}: that changes its "
        f"numbers by {change:.1g} of their size.",
        before=SetScale(off.place),
    )


def three_polynomials(x: Operand, *, product: bool) -> Refusal | None:
    """Refuse what needs two polynomials: a rotation, and a product that could be relinearised."""
    if x.value.size == 2:
        return None
    why = (
        "a product with it would have four or more, for which there is no relinearisation key"
        if product
        else "a Galois key switches two"
    )
    return Refusal(
        Reason.PRODUCT_OF_THREE if product else Reason.THREE_POLYNOMIALS,
        f"{x.name} has three polynomials, and {why}. Relinearise {x.name} first.",
        before=Relinearize(x.place),
    )


def out_of_bounds(x: Operand, factor: float, setting: WorkbenchSetting) -> Refusal | None:
    """Refuse a product whose scale is larger than what is left of the coefficient modulus."""
    value, bits = x.value, modulus(x.value.level, setting).bit_length()
    if int(math.log2(value.scale * factor)) < bits:
        return None
    said = (
        f"The product would have the scale {scale_text(value.scale * factor)}, and of {x.name} "
        f"{primes_text(value.level)} with {bits} bits {'is' if value.level == 1 else 'are'} left."
    )
    if value.level > 1 and not _is_near(value, setting):
        hint, before = f"Rescale {x.name} first.", Rescale(x.place)
        return Refusal(Reason.OUT_OF_BOUNDS, f"{said} {hint}", before=before)
    return Refusal(Reason.OUT_OF_BOUNDS, f"{said} {USED_UP}")


def end_of_chain(x: Operand) -> Refusal | None:
    """Refuse to drop the only prime that is left."""
    if x.value.level > 1:
        return None
    return Refusal(
        Reason.END_OF_CHAIN, f"{x.name} has only its first prime left, which stays. {USED_UP}"
    )


def too_few_bits(x: Operand, setting: WorkbenchSetting) -> Refusal | None:
    """Refuse a mod switch after which the scale alone would be larger than the modulus."""
    bits = modulus(x.value.level - 1, setting).bit_length()
    if int(math.log2(x.value.scale)) < bits:
        return None
    return Refusal(
        Reason.OUT_OF_BOUNDS,
        f"{x.name} has the scale {scale_text(x.value.scale)}, more than the {bits} bits that would "
        f"be left. Rescale {x.name} instead.",
        instead=Rescale(x.place),
    )


def transparent(what: str) -> Refusal:
    """Refuse what would be a ciphertext that everyone can read."""
    return Refusal(
        Reason.TRANSPARENT,
        f"{what} would hide nothing: such a ciphertext is called transparent. Take values that "
        "were encrypted apart, and factors that are not all zero.",
    )


def wraps_around(
    reach: float, scale: float, level: int, setting: WorkbenchSetting, x: Operand | None
) -> Refusal | None:
    """Refuse numbers that times their scale do not fit into half of what is left of the modulus."""
    limit = modulus(level, setting) / 2 / scale
    if reach < limit:
        return None
    said = (
        f"The result could reach {reach:.4g}, but {primes_text(level)} at the scale "
        f"{scale_text(scale)} hold less than {limit:.3g}: it would wrap around, and SEAL would not "
        "notice."
    )
    if x is not None and x.value.level > 1 and not _is_near(x.value, setting):
        hint, before = f"Rescale {x.name} first.", Rescale(x.place)
        return Refusal(Reason.WRAPS_AROUND, f"{said} {hint}", before=before)
    return Refusal(Reason.WRAPS_AROUND, f"{said} Use smaller numbers.")


def lost(x: Operand, scale: float, setting: WorkbenchSetting) -> Refusal | None:
    """Refuse a rescale that leaves too small a scale."""
    if scale * 2**LOST_BITS >= setting.scale:
        return None
    return Refusal(
        Reason.LOST,
        f"The scale of {x.name} would fall to {scale_text(scale)}, and its numbers would drown in "
        "the rounding. Rescale after a product only; to drop a prime, mod switch.",
        instead=ModSwitch(x.place),
    )


def far_scale(x: Operand, setting: WorkbenchSetting) -> Refusal | None:
    """Refuse to set a scale that is not nearly the setting's."""
    if x.value.scale == setting.scale:
        return Refusal(
            Reason.NOTHING_TO_DO, f"{x.name} has the scale {scale_text(setting.scale)} already."
        )
    factor = x.value.scale / setting.scale
    if 1 / NEAR_SCALE < factor < NEAR_SCALE:
        return None
    said = (
        f"{x.name} has the scale {scale_text(x.value.scale)}: said to be "
        f"{scale_text(setting.scale)}, its numbers would be {factor:.2g} times as large."
    )
    if x.value.level > 1 and factor > NEAR_SCALE * 2**LOST_BITS:
        hint, before = f"Rescale {x.name} first.", Rescale(x.place)
        return Refusal(Reason.FAR_SCALE, f"{said} {hint}", before=before)
    return Refusal(Reason.FAR_SCALE, f"{said} Set the scale sooner, after each rescale.")


def bad_numbers(numbers: Numbers, slots: int) -> Refusal | None:
    """Refuse numbers that are too many, too few, too large or too small."""
    said = ""
    if len(numbers) != slots:
        said = f"There are {slots} slots to see, not {len(numbers)}: give a number for each."
    for number in numbers:
        if not math.isfinite(number) or abs(number) > LARGEST_NUMBER:
            said = f"{number:g} is not from \u22121000 to 1000, as all numbers here must be."
        elif 0 < abs(number) < SMALLEST_NUMBER:
            said = f"{number:g} is too small: give 0, or numbers of 0.0001 and more."
    return Refusal(Reason.NUMBERS, said) if said else None


def modulus(level: int, setting: WorkbenchSetting) -> int:
    """Return the product of the primes that are left."""
    return math.prod(setting.data_primes[:level])


def _is_near(value: Value, setting: WorkbenchSetting) -> bool:
    """Tell whether a scale is that of one value and not of a product."""
    return value.scale < setting.scale * 2 ** (setting.scale_bits / 2)
