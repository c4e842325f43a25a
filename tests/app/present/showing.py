"""The presentation's window, once it was opened."""

from studio import Studio

from app.present.window import PresentationWindow


def view(studio: Studio) -> PresentationWindow:
    assert studio.window.shows.presentation is not None
    return studio.window.shows.presentation
