"""The cloud's part for clients without a model's file: how to ask it, not what it computes."""

from collections.abc import Iterator

from engine.circuits.stages import build_circuit, circuit_shape
from engine.ckks.feasibility import choose_parameters
from engine.ckks.seal import data_primes
from engine.messages.to_describe import Describe, Described, StageForm
from engine.parties.models import Models
from engine.parties.packings import form_of, slots_of


class Describer:
    """Describes the models that it may."""

    def __init__(self, models: Models) -> None:
        self._models = models

    def describe(self, request: Describe) -> Iterator[Described]:
        """Say how pictures go in and scores come out."""
        network, settings = self._models.described(request.model)
        chain = choose_parameters(settings, circuit_shape(network, settings.protocol)).chain
        circuit = build_circuit(network, settings, data_primes(chain))
        packings = [leg.packing for leg in circuit.legs]
        yield Described(
            settings=settings,
            chain=chain,
            legs=tuple(form_of(packing) for packing in packings),
            stages=tuple(
                tuple(StageForm(stage.key, stage.level - stage.drop) for stage in leg.stages)
                for leg in circuit.legs
            ),
            steps=circuit.rotation_steps,
            classes=network.card.classes,
            input_shape=network.card.input_shape,
            dataset=network.card.dataset,
            temperature=network.card.temperature,
            blobs=tuple(slots_of(packing) for packing in packings),
        )
