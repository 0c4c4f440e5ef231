"""The CQL engine: ELM JSON in, Python functions out; it knows no web and no network."""

from smartapp.elm.evaluation import Evaluation
from smartapp.elm.failures import DefineError, EvaluationError
from smartapp.elm.program import Program, compile_program
from smartapp.elm.trace import Clause

__all__ = ["Clause", "DefineError", "Evaluation", "EvaluationError", "Program", "compile_program"]
