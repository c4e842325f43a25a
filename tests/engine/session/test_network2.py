"""Network 2 on the real engine: two convolutions, one ciphertext up and one down."""

from engine.ckks.parameters import Settings
from engine.pictures.fitting import to_network_input
from engine.pictures.images import load_picture
from engine.resources import assets_dir
from engine.session.relay import Session

NETWORK_2 = Settings(model="mnist-network2", poly_modulus_degree=16384, scale_bits=28)


def test_network_2_gives_the_clear_answer_without_decrypting_on_the_way() -> None:
    with Session() as session:
        session.prepare(NETWORK_2)
        for digit in (3, 7):
            path = assets_dir() / "samples" / f"{digit}-pen.png"
            result = session.classify(to_network_input(load_picture(path)))
            assert result.prediction == result.clear_prediction == digit
            assert result.relative_error < 0.005
            keys = [stage.key for stage in result.stages]
            assert keys[2:-2] == [
                *("conv-1", "square-1", "conv-2", "square-2"),
                *("dense-1", "square-3", "dense-2"),
            ]
            levels = [stage.level for stage in result.stages[2:-2]]
            assert levels == sorted(levels, reverse=True)
