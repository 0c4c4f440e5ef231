"""The notices of a policy may be told by a CQL library of their own."""

import shutil

import pytest

from smartapp.errors import BadPolicy
from smartapp.policies import load_catalog
from smartapp.policies.catalog import DEFAULT_FOLDER


@pytest.fixture
def folder(tmp_path):
    return shutil.copytree(DEFAULT_FOLDER, tmp_path / "cql", ignore=shutil.ignore_patterns("translate"))


def changed(folder, old, new):
    file = folder / "TILMelanoma.toml"
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new), "utf-8")


def test_a_library_of_notices_that_is_not_there_is_refused_by_name(folder):
    changed(folder, '"TILMelanomaNotices"', '"NoSuchLibrary"')

    with pytest.raises(BadPolicy, match="there is no CQL library NoSuchLibrary"):
        load_catalog(folder)


def test_a_notice_that_the_library_does_not_define_is_refused_by_name(folder):
    changed(folder, 'define = "Pregnancy"', 'define = "No Such Define"')

    with pytest.raises(BadPolicy, match="the CQL of TILMelanomaNotices does not define No Such Define"):
        load_catalog(folder)


def test_without_one_the_notices_are_told_by_the_library_of_the_criteria(folder):
    changed(folder, 'notice_library = "TILMelanomaNotices"', "")

    with pytest.raises(BadPolicy, match=r"the CQL of TILMelanoma does not define .*Pregnancy"):
        load_catalog(folder)
