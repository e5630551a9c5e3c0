"""What does a background function work with? What a REST function has, and eyes for pictures."""

from __future__ import annotations

from dataclasses import replace

from teahouse.adapters.pictures import PillowPictures
from teahouse.app import App
from teahouse.bootstrap import app_made_by
from teahouse.bootstrap.rest import build


def app() -> App:
    """Give the process's App, made on first use."""
    return app_made_by(lambda: replace(build(), pictures=PillowPictures()))
