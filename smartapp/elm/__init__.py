"""The CQL engine: ELM JSON in, Python functions out; it knows no web and no network."""

from smartapp.elm.failures import DefineError, EvaluationError
from smartapp.elm.program import Evaluation, Program, compile_program

__all__ = ["DefineError", "Evaluation", "EvaluationError", "Program", "compile_program"]
