"""The tree of errors in the docstring is the tree of the code."""

import importlib
import pkgutil

import smartapp
from smartapp import errors


def test_every_error_of_the_application_stands_in_the_tree():
    for module in pkgutil.walk_packages(smartapp.__path__, "smartapp."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)

    known = {
        line.split("\u2500 ")[-1].split("  ")[0].rpartition(".")[2] for line in errors.__doc__.splitlines()
    }

    assert {error.__name__ for error in below(errors.SmartappError)} <= known


def below(error):
    for one in error.__subclasses__():
        yield one
        yield from below(one)
