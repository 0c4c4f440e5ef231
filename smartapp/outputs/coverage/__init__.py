"""Coverage information (Da Vinci CRD): what is asserted about one order, on the order, and the cards beside it."""

from smartapp.outputs.coverage.action import is_said, update
from smartapp.outputs.coverage.assertion import Assertion, assess
from smartapp.outputs.coverage.insurance import Chosen, Trouble, choose
from smartapp.outputs.coverage.options import Option, Settings, chosen, offered

__all__ = [
    "Assertion",
    "Chosen",
    "Option",
    "Settings",
    "Trouble",
    "assess",
    "choose",
    "chosen",
    "is_said",
    "offered",
    "update",
]
