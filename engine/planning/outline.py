"""What a client must know of a network under a setting: how pictures go in and scores come out.

Of a model whose file is here it follows from the circuit; of one that only the cloud has, from what
that says, which is checked against this side's own limits before a key is made for it.
"""

import math
from dataclasses import dataclass

from engine.circuits.stages import LegPacking
from engine.ckks.parameters import (
    LEAST_PRIME_BITS,
    MAX_PRIME_BITS,
    POLY_MODULUS_DEGREES,
    Chain,
    Settings,
)
from engine.ckks.security import GUIDELINES_2024, security_bits
from engine.errors import MessageError, ParameterError
from engine.messages.to_describe import Described
from engine.messages.to_key_owner import LegForm
from engine.networks.files import MAX_INPUTS
from engine.networks.layers import Network, Shape
from engine.parties.packings import form_of, packing_from, slots_of
from engine.planning.forecast import (
    Forecast,
    Refusal,
    circuit_for,
    network_named,
    sizes_only,
)
from engine.planning.journey import StageInfo, journey, secret_journey
from engine.planning.kept import kept_by_model

MOST_KEY_BYTES = 1 << 30


@dataclass(frozen=True, eq=False)
class Outline:
    """A network as its client sees it; `network` is missing if it is the cloud's secret."""

    settings: Settings
    chain: Chain
    packings: tuple[LegPacking, ...]
    steps: tuple[int, ...]
    stages: tuple[StageInfo, ...]
    classes: tuple[str, ...]
    input_shape: Shape
    dataset: str
    temperature: float
    network: Network | None

    @property
    def forms(self) -> tuple[LegForm, ...]:
        """Return what the key owner must know of each leg, apart from its packing's slots."""
        return tuple(form_of(packing) for packing in self.packings)

    @property
    def slot_blobs(self) -> tuple[bytes, ...]:
        """Return the value of each slot of each leg, as a message carries them."""
        return tuple(slots_of(packing) for packing in self.packings)


@kept_by_model(64)
def outline_for(settings: Settings) -> Outline:
    """Return the outline of a model that is here; raise ParameterError or ModelError."""
    circuit, network = circuit_for(settings), network_named(settings.model)
    return Outline(
        settings=settings,
        chain=circuit.parameters.chain,
        packings=tuple(leg.packing for leg in circuit.legs),
        steps=circuit.rotation_steps,
        stages=journey(circuit),
        classes=network.card.classes,
        input_shape=network.card.input_shape,
        dataset=network.card.dataset,
        temperature=network.card.temperature,
        network=network,
    )


def outline_from(said: Described) -> Outline:
    """Return the outline that a cloud describes; MessageError or ParameterError if it is unfit."""
    check_chain(said.chain, len(said.steps) + 1)
    inputs = math.prod(said.input_shape)
    if not len(said.legs) == len(said.blobs) == len(said.stages) or inputs > MAX_INPUTS:
        raise MessageError(f"The cloud describes {said.settings.model} in a way that fits nothing.")
    packings = tuple(
        packing_from(form, blob, said.chain.slots)
        for form, blob in zip(said.legs, said.blobs, strict=True)
    )
    if any(packing.result_level > said.chain.top_level for packing in packings):
        raise MessageError("The cloud describes a result with more primes than there are.")
    values = (inputs, *(len(packing.result_slots) for packing in packings))
    for packing, count in zip(packings, values, strict=False):
        if not -1 <= packing.value_of_slot.min() <= packing.value_of_slot.max() < count:
            raise MessageError("The cloud asks for values that the picture does not have.")
    if values[-1] != len(said.classes):
        raise MessageError(f"The cloud has {len(said.classes)} classes, but {values[-1]} scores.")
    if any(not 0 <= step < said.chain.slots for step in said.steps):
        raise MessageError("The cloud asks for keys of rotations that there are not.")
    return Outline(
        settings=said.settings,
        chain=said.chain,
        packings=packings,
        steps=said.steps,
        stages=secret_journey(packings, said.stages, said.chain.top_level),
        classes=said.classes,
        input_shape=said.input_shape,
        dataset=said.dataset,
        temperature=said.temperature,
        network=None,
    )


def outlined_forecast(outline: Outline, settings: Settings) -> Forecast | Refusal:
    """Return what can be told of a model that is the cloud's secret, before it runs."""
    if settings != outline.settings:
        only = outline.settings
        reason = (
            f"{only.model} is the cloud's secret, which runs it under one setting only: "
            f"N = {only.poly_modulus_degree}, bit scale {only.scale_bits}, {only.protocol}."
        )
        return Refusal(settings, reason, only)
    packed = outline.packings[0].value_of_slot
    return sizes_only(settings, outline.chain, packed, len(outline.steps), outline.stages)


def check_chain(chain: Chain, keys: int) -> None:
    """Refuse parameters under 128 bits of security, and more keys than anybody should make."""
    bits, degree = chain.coeff_modulus_bits, chain.poly_modulus_degree
    if degree not in POLY_MODULUS_DEGREES or not 2 <= len(bits) <= 64:
        raise ParameterError(f"The cloud asks for N = {degree} with {len(bits)} primes: refused.")
    if not LEAST_PRIME_BITS <= min(bits) <= max(bits) <= MAX_PRIME_BITS:
        raise ParameterError(f"The cloud asks for primes of {min(bits)} to {max(bits)} bits.")
    if security_bits(GUIDELINES_2024, degree, sum(bits)) < 128:
        raise ParameterError(
            f"The cloud asks for N = {degree} with {sum(bits)} bits, which is less than 128 bits "
            "of security: refused."
        )
    if keys * chain.top_level * degree * len(bits) * 8 > MOST_KEY_BYTES:
        raise ParameterError(f"The cloud asks for {keys} keys, more than 1 GB: refused.")
