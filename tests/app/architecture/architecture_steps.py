"""What tests of architectures do over and over."""

from studio import Studio


def settle(studio: Studio) -> None:
    studio.qtbot.waitUntil(lambda: not studio.window.program.drafting.is_planning, timeout=20_000)
