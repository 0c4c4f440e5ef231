"""The therapy history as a picture: inline SVG, the same for the page and for the packet."""

from smartapp.outputs.timeline.drawing import WIDTH, described, svg

__all__ = ["WIDTH", "described", "svg"]
