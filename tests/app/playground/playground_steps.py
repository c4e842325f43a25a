"""What the tests of the playground's view share."""

from studio import Studio

ONE = tuple(map(float, range(1, 9)))


def settle(studio: Studio) -> None:
    """Wait until every step has been performed."""
    studio.qtbot.waitUntil(lambda: not studio.window.program.workbench.is_working)
