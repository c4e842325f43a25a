"""Ready-made lessons: each a list of steps with a sentence, to be taken one by one.

A step that is refused belongs to its lesson: what CKKS does not allow is half of what there is to
learn. All lessons show eight slots.
"""

from dataclasses import dataclass

from engine.playground.operations import (
    Add,
    Decrypt,
    Encrypt,
    ModSwitch,
    Multiply,
    MultiplyPlain,
    Operation,
    Relinearize,
    Rescale,
    Rotate,
    SetScale,
)
from engine.playground.program import Program
from engine.playground.settings import SETTINGS, WorkbenchSetting

SLOTS = 8
PRECISE, DEEP, COARSE = SETTINGS


@dataclass(frozen=True)
class LessonStep:
    """What is done, and the sentence that says why; a refused one leaves everything as it is."""

    operation: Operation
    sentence: str
    is_refused: bool = False


@dataclass(frozen=True)
class Lesson:
    """`key` names it in the code, `title` and `about` are for people."""

    key: str
    title: str
    about: str
    setting: WorkbenchSetting
    steps: tuple[LessonStep, ...]

    def program(self) -> Program:
        """Return all of its steps but those that are refused."""
        program = Program(self.setting, SLOTS)
        for step in self.steps:
            if not step.is_refused:
                program = program.perform(step.operation)
        return program


FIRST = Lesson(
    "first",
    "First steps",
    "Add and multiply two lists of numbers that the cloud never sees.",
    PRECISE,
    (
        LessonStep(
            Encrypt((1, 2, 3, 4, 5, 6, 7, 8)),
            "You encrypt eight numbers at once: each has a slot of its own. The cloud gets the "
            "ciphertext, of which the blue digits are a part; the key stays with you.",
        ),
        LessonStep(Encrypt((2, 2, 2, 2, 3, 3, 3, 3)), "A second ciphertext, b."),
        LessonStep(
            Add(0, 1), "The cloud adds slot by slot. A sum costs no level and hardly any noise."
        ),
        LessonStep(
            Decrypt(2),
            "Only you can look. The error is as small as the bound said: CKKS is approximate.",
        ),
        LessonStep(
            Multiply(0, 1),
            "A product of two ciphertexts has the scales multiplied, and three polynomials.",
        ),
        LessonStep(
            Relinearize(3),
            "The relinearisation key, which cannot decrypt, brings three polynomials back to two.",
        ),
        LessonStep(
            Rescale(4),
            "Rescaling divides by the last prime and drops it: the scale is back near 2⁴⁰, and "
            "one level is used up.",
        ),
        LessonStep(
            Decrypt(5),
            "a times b. The bound says which decimals are surely right; the error is far smaller.",
        ),
    ),
)

ROTATE_AND_SUM = Lesson(
    "rotate-and-sum",
    "Rotate and sum",
    "Slots cannot be picked out; rotations bring them together.",
    PRECISE,
    (
        LessonStep(Encrypt((1, 2, 3, 4, 5, 6, 7, 8)), "To be summed: 1 to 8, which gives 36."),
        LessonStep(
            Rotate(0, 4),
            "A rotation moves every slot; four places to the left, 5 stands where 1 was. It needs "
            "the Galois key for 4.",
        ),
        LessonStep(Add(0, 1), "Now each slot holds the sum of two numbers four places apart."),
        LessonStep(Rotate(2, 2), "These sums move by two places,"),
        LessonStep(Add(2, 3), "and are added: each slot holds the sum of four numbers."),
        LessonStep(Rotate(4, 1), "The last rotation, by one place, brings the other four."),
        LessonStep(
            Add(4, 5), "All eight: three rotations in place of seven, and no level was used up."
        ),
        LessonStep(
            Decrypt(6),
            "36 in every slot. The error comes from the key switches of the rotations, not from "
            "the sums.",
        ),
    ),
)

DOT_PRODUCT = Lesson(
    "dot-product",
    "A dot product",
    "What a neuron does: weights times inputs, summed.",
    PRECISE,
    (
        LessonStep(Encrypt((1, 2, 3, 4, 5, 6, 7, 8)), "The inputs, encrypted."),
        LessonStep(
            MultiplyPlain(0, (0.5, -1, 0.25, 2, 1, -0.5, 0, 1)),
            "The weights are the cloud's own, in the clear. Such a product keeps two polynomials, "
            "but the scales multiply all the same.",
        ),
        LessonStep(Rescale(1), "So it is rescaled, and a level is used up."),
        LessonStep(Rotate(2, 4), "Then rotate and sum. First by four places,"),
        LessonStep(Add(2, 3), "which gives sums of two products;"),
        LessonStep(Rotate(4, 2), "then by two places,"),
        LessonStep(Add(4, 5), "which gives sums of four;"),
        LessonStep(Rotate(6, 1), "and by one place."),
        LessonStep(Add(6, 7), "Now the weighted sum of all eight stands in every slot."),
        LessonStep(
            Decrypt(8),
            "17.25 is 0.5·1 \u2212 2 + 0.25·3 + 2·4 + 5 \u2212 0.5·6 + 0·7 + 8, up to the error.",
        ),
    ),
)

MATRIX = Lesson(
    "matrix",
    "A matrix by its diagonals",
    "A 4\u00d74 matrix times a vector: four products and three rotations (Halevi and Shoup).",
    PRECISE,
    (
        LessonStep(
            Encrypt((1, 2, 3, 4, 1, 2, 3, 4)),
            "The vector (1, 2, 3, 4), twice, so that rotations of it go round.",
        ),
        LessonStep(
            MultiplyPlain(0, (1, 2, 3, 4, 1, 2, 3, 4)),
            "The matrix's main diagonal, slot by slot: row i needs entry (i, i) times number i.",
        ),
        LessonStep(Rotate(0, 1), "Rotated by 1, number i + 1 stands in slot i,"),
        LessonStep(
            MultiplyPlain(2, (1, 0, -1, 0, 1, 0, -1, 0)),
            "and meets the next diagonal: the entries (i, i + 1), which go round as well.",
        ),
        LessonStep(Rotate(0, 2), "Rotated by 2,"),
        LessonStep(MultiplyPlain(4, (0.5, 0, 0, 1, 0.5, 0, 0, 1)), "the diagonal (i, i + 2);"),
        LessonStep(
            Rotate(0, -1),
            "rotated by 3, which among four numbers is 1 to the right: one key switch, where 3 "
            "would take two,",
        ),
        LessonStep(MultiplyPlain(6, (0, 1, 0, 0, 0, 1, 0, 0)), "the diagonal (i, i + 3)."),
        LessonStep(
            Add(1, 3), "The products are added: they have equal levels and equal scales. Two,"
        ),
        LessonStep(Add(8, 5), "three,"),
        LessonStep(Add(9, 7), "and all four, none of them rescaled so far."),
        LessonStep(
            Rescale(10),
            "So one rescale is enough for all of them. Networks here are made just so.",
        ),
        LessonStep(
            Decrypt(11),
            "(4.5, 5, 5, 18): the matrix with the rows (1, 1, 0.5, 0), (1, 2, 0, 0), "
            "(0, 0, 3, \u22121) and (0, 1, 0, 4), times (1, 2, 3, 4).",
        ),
    ),
)

SQUARES = Lesson(
    "squares",
    "x² until the chain is used up",
    "Each multiplication uses up a prime, and there is no bootstrapping to bring it back.",
    DEEP,
    (
        LessonStep(
            Encrypt((1.1, 0.9, -1, 0.5, -0.7, 0.3, 1.2, 0)),
            "Five primes for data: four multiplications.",
        ),
        LessonStep(Multiply(0, 0), "x²: the scale doubles its bits."),
        LessonStep(Relinearize(1), "Two polynomials again."),
        LessonStep(Rescale(2), "One prime less, the scale is back near 2³⁰."),
        LessonStep(Multiply(3, 3), "Its square is x⁴,"),
        LessonStep(Relinearize(4), "which is relinearised"),
        LessonStep(Rescale(5), "and rescaled: three primes are left."),
        LessonStep(Multiply(6, 6), "The square of that is x⁸,"),
        LessonStep(Relinearize(7), "which is relinearised"),
        LessonStep(Rescale(8), "and rescaled: two primes are left."),
        LessonStep(Multiply(9, 9), "The last square is x¹⁶,"),
        LessonStep(Relinearize(10), "which is relinearised"),
        LessonStep(Rescale(11), "and rescaled: the first prime alone is left."),
        LessonStep(
            Decrypt(12),
            "1.2 to the 16th is 18.488. Each square doubles an error, and more where numbers are "
            "larger than 1: compare the bound with that of a.",
        ),
        LessonStep(
            Multiply(12, 12),
            "Once more? The product's scale would need more bits than are left: refused.",
            is_refused=True,
        ),
    ),
)

LEVELS = Lesson(
    "levels",
    "Levels and scales must match",
    "x² + x looks easy, and is refused twice.",
    DEEP,
    (
        LessonStep(Encrypt((1, 2, 3, 4, 5, 6, 7, 8)), "These numbers are x."),
        LessonStep(Multiply(0, 0), "Their squares, x²,"),
        LessonStep(Relinearize(1), "are relinearised"),
        LessonStep(Rescale(2), "and rescaled: it has four primes, x has five."),
        LessonStep(
            Add(3, 0), "Ciphertexts at different levels are not of the same ring.", is_refused=True
        ),
        LessonStep(ModSwitch(0), "A mod switch drops a prime and changes nothing else."),
        LessonStep(
            Add(3, 4),
            "Still not: the prime that x² was divided by is only nearly 2³⁰, and so is its scale.",
            is_refused=True,
        ),
        LessonStep(
            SetScale(3),
            "Saying that the scale is 2³⁰ changes the numbers by 0.005 % of their size; see the "
            "bound. Better is to bring numbers that went the same way, so that scales agree.",
        ),
        LessonStep(Add(5, 4), "Now they fit."),
        LessonStep(Decrypt(6), "x² + x: 2, 6, 12, and so on to 72."),
    ),
)

ORDER = Lesson(
    "order",
    "Where the error comes from",
    "The same product twice, at a scale so small that the error is seen.",
    COARSE,
    (
        LessonStep(Encrypt((1, 2, 3, 4, 5, 6, 7, 8)), "At the scale 2²⁴ a fresh ciphertext"),
        LessonStep(Decrypt(0), "is wrong in the fifth decimal already: its noise is part of it."),
        LessonStep(Multiply(0, 0), "Its square has three polynomials."),
        LessonStep(Relinearize(1), "Relinearise it first,"),
        LessonStep(Rescale(2), "then rescale: the rounding meets the secret key once."),
        LessonStep(Decrypt(3), "Mind the error."),
        LessonStep(
            Rescale(1),
            "The other way round, three polynomials are rounded, and the third meets the key's "
            "square: look at the bound.",
        ),
        LessonStep(Relinearize(4), "It is relinearised after all,"),
        LessonStep(
            Decrypt(5),
            "and is further off, if a little quicker. So: first relinearise, then rescale.",
        ),
    ),
)

LESSONS = (FIRST, ROTATE_AND_SUM, DOT_PRODUCT, MATRIX, SQUARES, LEVELS, ORDER)
