"""A folder of one's own holds what is its own; what it leaves out and what is mistyped in it is said by name."""

import json
import re
import shutil
from pathlib import Path

import pytest

from smartapp.errors import BadPolicy
from smartapp.policies import files, keys, load_catalog
from smartapp.policies.artifacts import load_artifacts

SECOND = Path(__file__).parent / "second"
TOML = "NivolumabKidney.toml"
FORM = "questionnaires/NivolumabKidney.json"
WHEN = '"enableWhen": [{"question": "a", "operator": "=", "answerString": "x"}]'
OUTCOME = '[[outcome]]\ndefine = "Nix"\noutcome = "not-applicable"\ntext = "x"\n'
SUGGEST = """[[suggest]]
criterion = "kidney"
ask = "nix"
system = "s"
codes = ["1"]
words = "w"
text = "t"
label = "l"
why = "y"
"""
CODES = "valuesets/kidney-cancer.json"


@pytest.fixture
def folder(tmp_path):
    return shutil.copytree(SECOND, tmp_path / "own")


def changed(folder, name, old, new):
    file = folder / name
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), "utf-8")


def test_only_its_policies_are_asked_and_the_rest_is_shared():
    catalog = load_catalog(SECOND)

    assert [policy.name for policy in catalog.policies] == ["NivolumabKidney"]
    libraries = {"NivolumabKidney", "OncologyCommon", "FHIRHelpers"}
    assert catalog.policies[0].program.libraries == libraries
    artifacts = load_artifacts(SECOND)
    assert set(artifacts.by_type["Questionnaire"]) == {"NivolumabKidney"}
    assert set(artifacts.by_type["Library"]) == libraries


def test_a_file_of_the_same_name_takes_the_place_of_a_shared_one(folder):
    own = {**json.loads((SECOND / CODES).read_text("utf-8")), "id": "melanoma-morphology"}
    own["url"] = "https://smartapp.example/fhir/ValueSet/melanoma-morphology"
    (folder / "valuesets" / "melanoma-morphology.json").write_text(json.dumps(own), "utf-8")

    found = load_artifacts(folder).read("ValueSet", "melanoma-morphology")

    assert found == own


@pytest.mark.parametrize("name", ["elm/OncologyCommon.json", "codesystems/drug-name.json"])
def test_a_library_and_names_of_ones_own_are_not_mixed_with_the_shared_ones(folder, name):
    shutil.copy(files.DEFAULT_FOLDER / name, folder / name)
    pattern, title = name.replace(Path(name).stem, "*"), Path(name).stem

    libraries = [path for path in files.libraries([folder]) if path.stem == "OncologyCommon"]
    names = [one["id"] for one in files.terms([folder], pattern) if one.get("id") == title]

    assert len(libraries) == 1
    assert libraries[0].is_relative_to(folder) is name.startswith("elm")
    assert names == ([title] if name.startswith("codesystems") else [])


def test_codes_and_forms_may_be_published_under_an_address_of_ones_own(folder):
    address = "https://payer.example/ValueSet/kidney-cancer"
    for name in (CODES, "NivolumabKidney.cql", "elm/NivolumabKidney.json"):
        changed(folder, name, "https://smartapp.example/fhir/ValueSet/kidney-cancer", address)
    artifacts = load_artifacts(folder)

    needed = artifacts.needed(artifacts.of_type("Questionnaire")[0])

    assert address in {resource["url"] for resource in needed}


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        (
            TOML,
            "products",
            "product",
            "[order] lacks products; [order] has product, which is not a key of it",
        ),
        (TOML, 'therapy = "nivolumab"', "", "the file lacks therapy"),
        (TOML, "effective = 2026-01-01", 'effective = "soon"', "the file has effective, which must be a day"),
        (TOML, 'reads = ["Patient"]', 'reads = "Patient"', "has reads, which must be a list of texts"),
        (TOML, '["Patient"]', '["Patients"]', "[criterion] reads Patients, which is no type that is read"),
        (TOML, '"kidney-nivolumab"', '"nivo"', "products names nivo, which is the id of no value set"),
        (TOML, '{ item = "kidney" }', '{ itme = "kidney" }', "[ask] lacks item"),
        (TOML, 'questionnaire = "Niv', 'questionnaire = "X', "there is no questionnaire with the name X"),
        (TOML, 'id = "INVENTED-1"', "id = INVENTED-1", f"{TOML} is not TOML"),
        (FORM, "Kidney Filled", "Kidney Fulled", "the CQL of NivolumabKidney does not define Kidney Fulled"),
        (
            FORM,
            '"linkId": "kidney"',
            f'{WHEN}, "linkId": "kidney"',
            "compares in a way that the form does not know",
        ),
        (TOML, '{ item = "kidney" }', '{ item = "kidney", when = "Nix" }', "does not define Nix"),
        (TOML, '{ item = "kidney" }', '{ item = "kidney", unless = "Nix" }', "does not define Nix"),
        (TOML, "[[criterion]]", f"{OUTCOME}[[criterion]]", "does not define Nix"),
        (TOML, "[[criterion]]", f"{SUGGEST}[[criterion]]", "its questionnaire has no item nix"),
        (
            TOML,
            "[[criterion]]",
            f"{SUGGEST.replace('label', 'lable')}[[criterion]]",
            "suggest.label is missing",
        ),
        (TOML, "[[criterion]]", f"{SUGGEST}more = 1\n[[criterion]]", "suggest.more is missing or not known"),
        (FORM, '"version": "1.0.0",', "", "NivolumabKidney.json lacks version"),
        (CODES, '"expansion"', '"expanded"', "kidney-cancer.json lacks expansion"),
    ],
)
def test_what_is_mistyped_or_left_out_is_named_when_the_policy_is_loaded(folder, name, old, new, said):
    changed(folder, name, old, new)

    with pytest.raises(BadPolicy, match=re.escape(said)):
        load_catalog(folder)


def test_a_file_that_holds_no_object_is_named(folder):
    (folder / "valuesets" / "list.json").write_text("[]", "utf-8")

    with pytest.raises(BadPolicy, match=re.escape("list.json is not a JSON object")):
        load_catalog(folder)


def test_the_documentation_for_authors_names_every_key():
    said = (Path(__file__).parents[2] / "cql" / "README.md").read_text("utf-8")

    known = {key for tables in (keys.REQUIRED, keys.OPTIONAL) for table in tables.values() for key in table}

    assert {key for key in known if f"`{key}`" not in said and f"[{key}]" not in said} == set()
