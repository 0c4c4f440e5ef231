"""Write cql/valuesets/*.json from the reference codes and the ICD-10-CM list; run by hand when either changes.

    python scripts/valuesets.py ../shared/reference/codes.csv

Only rows whose meaning was found in a source may match: never `invalid`, `gap` or `memory`, never a decoy, never a
dose-form concept. SNOMED CT codes carry short labels of our own. ICD-10-CM categories are expanded from the
public-domain list that PyPI `simple_icd_10_cm` carries.
"""

import csv
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import simple_icd_10_cm as icd

BASE = "https://smartapp.example/fhir"
OUT = Path(__file__).parent.parent / "cql" / "valuesets"
VERSION = "1.0.0"
DATE = "2026-11-24"

ICD10CM = "http://hl7.org/fhir/sid/icd-10-cm"
SNOMED = "http://snomed.info/sct"
LOINC = "http://loinc.org"
DRUG = f"{BASE}/CodeSystem/drug-name"
DISEASE = f"{BASE}/CodeSystem/disease-name"
READING = f"{BASE}/CodeSystem/chart-reading"
OTHER_ICD10 = (
    "http://fhir.de/CodeSystem/bfarm/icd-10-gm",
    "http://hl7.org/fhir/sid/icd-10-am",
    "http://hl7.org/fhir/sid/icd-10",
)
ICD9CM = "http://hl7.org/fhir/sid/icd-9-cm"

NEVER = {"invalid", "gap", "memory"}
CONTAMINANT = "do_not_use_dose_form_contaminant"
DECOY_DRUGS = ("decoy_pdl1", "decoy_ctla4", "decoy_relatlimab", "decoy_tvec", "decoy_mek")
MUCOSAL_SITES = ("C00", "C06", "C15", "C20", "C21", "C30", "C31")
GENITAL_SITES = ("C51", "C52", "C60", "C63")
NO_PRIMARY = ("C77", "C78", "C79", "C80", "C7B")

BORDERLINE_OR_DONOR = {"403921000", "720587009", "717968005"}
WEAK_SNOMED = {"94579000", "274088005", "128462008", "405843009"}
DISTANT_PRESENT = "399409002"
V600E_DIAGNOSIS = "830150003"

Coding = tuple[str, str, str]
"""(system, code, our label)"""


@dataclass(frozen=True, slots=True)
class Row:
    """One usable row of the reference codes."""

    group: str
    system: str
    code: str
    display: str


def main(codes_csv: str) -> None:
    """Write every value set and say how many codes each holds."""
    rows = _usable(Path(codes_csv))
    OUT.mkdir(parents=True, exist_ok=True)
    for name, (title, codings) in _value_sets(rows).items():
        _write(name, title, sorted({(s, c): (s, c, d) for s, c, d in reversed(codings)}.values()))


def _usable(path: Path) -> list[Row]:
    with path.open(newline="", encoding="utf-8") as file:
        everything = list(csv.DictReader(file))
    banned = {r["code"] for r in everything if r["group"] == CONTAMINANT}
    banned |= {r["code"] for r in everything if r["group"].startswith(DECOY_DRUGS)}
    return [
        Row(r["group"], r["system_uri"], r["code"].strip(), r["display"])
        for r in everything
        if r["confidence"] not in NEVER and r["code"].strip() and r["code"] not in banned
    ]


def _value_sets(rows: list[Row]) -> dict[str, tuple[str, list[Coding]]]:
    def group(*names: str, system: str | None = None, without: set[str] = frozenset()) -> list[Coding]:
        return [
            (r.system, r.code, _label(r))
            for r in rows
            if r.group in names and system in (None, r.system) and r.code not in without
        ]

    ocular = [*_icd("C69"), *group("decoy_ocular", system=SNOMED)]
    in_situ = [*_icd("D03", "D07.1"), *group("decoy_in_situ", system=SNOMED)]
    history = [*_icd("Z85.820", "Z86.006")]
    nervous = group("melanoma_dx_snomed_cns_primary_ask")
    borderline = [
        *(
            (SNOMED, code, "Borderline, donor-derived or syndromic melanoma")
            for code in sorted(BORDERLINE_OR_DONOR)
        )
    ]
    other_skin = _icd("C4A", "C44", "C7B")
    sites = _icd(*GENITAL_SITES, *MUCOSAL_SITES)
    letters = [*_other_icd10("C43", 10), *((ICD9CM, c, "Melanoma of skin, ICD-9-CM") for c in _icd9_172())]
    metastatic = group("melanoma_dx_snomed_METASTATIC")
    melanoma = [
        *_icd("C43"),
        *group(
            "melanoma_dx_snomed_cutaneous_or_unspecified",
            "melanoma_dx_snomed_mucosal",
            "melanoma_dx_snomed_genital",
            "melanoma_dx_snomed_PRECOORDINATED_BRAF_V600E",
            without=BORDERLINE_OR_DONOR,
        ),
        *metastatic,
    ]
    regional = group("metastasis_regional_nodes", system=SNOMED)
    all_cancers = _icd(*_malignant_categories())
    excluded = {c for _, c, _ in _icd("C43", "C44", "C69", *NO_PRIMARY, *GENITAL_SITES, *MUCOSAL_SITES)}
    snomed_distant = group("metastasis_distant", system=SNOMED, without=WEAK_SNOMED | {DISTANT_PRESENT})
    return {
        "anti-pd-1": ("Anti-PD-1 antibodies", [*group("anti_pd1"), *_drugs(*ANTI_PD1)]),
        "anti-pd-1-not-identified": (
            "Anti-PD-1 by class, abbreviation or in a bispecific",
            _drugs("anti-pd1-class", "anti-pd1-abbreviation", "pd1-bispecific"),
        ),
        "braf-inhibitor": (
            "BRAF inhibitors",
            [*group("braf_inhibitor"), *_drugs("vemurafenib", "dabrafenib", "encorafenib")],
        ),
        "braf-inhibitor-not-identified": (
            "BRAF inhibitor by class or abbreviation, and tovorafenib",
            [*group("note_tovorafenib"), *_drugs("tovorafenib", "braf-class-or-abbreviation")],
        ),
        "mek-inhibitor": (
            "MEK inhibitors",
            [*group("mek_inhibitor"), *_drugs("trametinib", "cobimetinib", "binimetinib")],
        ),
        "lifileucel": (
            "Lifileucel",
            [*group("lifileucel"), *_policy_procedures(rows), *_drugs("lifileucel")],
        ),
        "til-therapy": (
            "TIL therapy, product not named",
            [
                (
                    "https://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets",
                    "S2107",
                    "Adoptive immunotherapy",
                ),
                *_drugs("til-therapy"),
            ],
        ),
        "melanoma": ("Melanoma", melanoma),
        "metastatic-melanoma": ("Metastatic melanoma", metastatic),
        "melanoma-braf-v600e": (
            "Melanoma with BRAF V600E, pre-coordinated",
            [(SNOMED, V600E_DIAGNOSIS, "Melanoma with BRAF V600E mutation")],
        ),
        "melanoma-policy-list": (
            "Diagnosis codes on the policy's list",
            [
                *_icd("C43", "C51"),
                *((ICD10CM, c, icd.get_description(c)) for c in ("C60.1", "C60.2", "C60.8", "C60.9")),
            ],
        ),
        "diagnosis-code": (
            "ICD-10-CM codes that a melanoma may be given as its diagnosis",
            _icd("C43", *GENITAL_SITES, *MUCOSAL_SITES, "C69", "D03", "D07.1", "Z85.820", "Z86.006"),
        ),
        "melanoma-not-plain": (
            "Melanoma of a kind that the policy leaves open, and tumors that are none",
            [*ocular, *in_situ, *history, *nervous, *borderline, *other_skin],
        ),
        "cancer-condition": (
            "Whatever the policy may ask of a Condition",
            [
                *all_cancers,
                *melanoma,
                *ocular,
                *in_situ,
                *history,
                *nervous,
                *borderline,
                *letters,
                *regional,
                *group("melanoma_morphology"),
                *group("metastasis_distant"),
                *(c for root in ("C77", "C78", "C79") for c in _other_icd10(root, 10)),
                (SNOMED, "94225005", "Metastasis to brain"),
                (SNOMED, "94243009", "Metastasis to nervous system"),
                *(
                    (DISEASE, code, code)
                    for code in ("melanoma", "melanoma-doubted", "melanoma-negated", "melanoma-metastatic")
                ),
                *_readings(
                    "other-malignancy",
                    "other-malignancy-text",
                    "metastatic-text",
                    "unresectable-text",
                    "braf-v600-positive-text",
                    "ned",
                    "distant-metastasis",
                ),
            ],
        ),
        "oncology-reading": (
            "Whatever the policy may ask of a result, as read",
            _readings(
                "m1",
                "stage-iv",
                "distant-metastasis",
                "m0",
                "no-distant-metastasis",
                "ned",
                "stage-iii",
                "stage-early",
                "metastatic-text",
                "unresectable-text",
                "braf-v600-positive",
                "braf-v600-negative",
                "braf-v600e-negative",
                "braf-non-v600",
                "braf-unclear",
            ),
        ),
        "melanoma-ocular": ("Uveal and ocular melanoma", ocular),
        "melanoma-in-situ": ("Melanoma in situ", in_situ),
        "melanoma-history": ("History of melanoma", history),
        "melanoma-nervous-system": ("Primary melanoma of the central nervous system", nervous),
        "melanoma-borderline": ("Borderline, donor-derived or syndromic melanoma", borderline),
        "melanoma-other-icd": ("Melanoma in another edition of the ICD", letters),
        "melanoma-site": ("Sites whose malignancy may be the melanoma itself", sites),
        "not-melanoma": ("Merkel cell, other skin and neuroendocrine tumors", other_skin),
        "melanoma-mucosal": ("Mucosal melanoma", group("melanoma_dx_snomed_mucosal")),
        "melanoma-acral": (
            "Acral melanoma",
            [(SNOMED, c, "Acral lentiginous melanoma") for c in ("254732008", "1259380004")],
        ),
        "melanoma-unknown-primary": (
            "Melanoma of unknown primary",
            [(SNOMED, "424190005", "Melanoma of unknown origin")],
        ),
        "melanoma-cutaneous": ("Cutaneous melanoma, ICD-10-CM", _icd("C43")),
        "melanoma-morphology": (
            "Melanoma morphology",
            [c for c in group("melanoma_morphology") if c[0] == SNOMED],
        ),
        "distant-metastasis": (
            "Distant secondary neoplasms",
            [*(c for c in _icd("C78", "C79") if not _weak(c[1])), *snomed_distant],
        ),
        "weak-metastasis": (
            "Secondary neoplasms of nodes, skin or unspecified site",
            [
                *(c for c in _icd("C77", "C79", "C80.0") if c[1].startswith(("C77", "C80")) or _weak(c[1])),
                (ICD10CM, "C78", "Secondary neoplasm, site not specified"),
                *group("metastasis_regional_nodes", system=SNOMED),
                *((SNOMED, code, "Metastasis, site weak or unspecified") for code in sorted(WEAK_SNOMED)),
                *(c for root in ("C77", "C78", "C79") for c in _other_icd10(root, 10)),
            ],
        ),
        "distant-metastasis-present": (
            "Distant metastasis present",
            [
                (SNOMED, DISTANT_PRESENT, "Distant metastasis present"),
                (READING, "distant-metastasis", "Distant metastasis, as read"),
            ],
        ),
        "brain-metastasis": (
            "Brain metastases",
            [
                *_icd("C79.31", "C79.32"),
                (SNOMED, "94225005", "Metastasis to brain"),
                (SNOMED, "94243009", "Metastasis to central nervous system"),
            ],
        ),
        "other-primary-malignancy": (
            "Primary malignancies other than melanoma",
            [
                *(c for c in all_cancers if c[1] not in excluded),
                (READING, "other-malignancy", "By its display"),
            ],
        ),
        "not-another-primary": (
            "Malignancies that are no second primary",
            [
                *_icd("C43", "C44", "C69", *NO_PRIMARY, *GENITAL_SITES, *MUCOSAL_SITES),
                *in_situ,
                *ocular,
                *(c for c in melanoma if c[0] == SNOMED),
                *snomed_distant,
            ],
        ),
        "other-malignancy-as-reason": (
            "Malignancies other than melanoma, as a reason",
            [
                *(
                    c
                    for c in all_cancers
                    if not c[1].startswith(("C43", "C77", "C78", "C79", "C80"))
                    and c[1] not in {s[1] for s in sites}
                ),
                *(
                    (READING, code, "By its text")
                    for code in ("other-malignancy", "other-malignancy-text", "other-malignancy-skin")
                ),
            ],
        ),
        "advanced-reading": ("Metastatic, as read", _readings("m1", "stage-iv", "distant-metastasis")),
        "not-metastatic-reading": (
            "Not metastatic, as read",
            _readings("m0", "no-distant-metastasis", "ned"),
        ),
        "stage-below-iv-reading": ("Stage 0 to III, as read", _readings("stage-iii", "stage-early")),
        "advanced-text-reading": (
            "Free text that says metastatic or unresectable",
            _readings("metastatic-text", "unresectable-text"),
        ),
        "braf-reading": (
            "BRAF results, as read",
            _readings(
                "braf-v600-positive",
                "braf-v600-negative",
                "braf-v600e-negative",
                "braf-non-v600",
                "braf-unclear",
            ),
        ),
        "m1": ("M1", group("m1_value")),
        "m0": ("M0", group("m0_value")),
        "stage-iv": ("Stage IV", group("stage_iv_value")),
        "stage-iii": ("Stage III", group("stage_iii_value")),
        "stage-code": ("Stage group, as asked", group("stage_group_observation_code")),
        "m-code": ("M category, as asked", group("m_category_observation_code")),
        "ecog": ("ECOG performance status", [(LOINC, "89247-1", "ECOG performance status")]),
        **ORGANS,
        "disease-status": ("Disease status, as asked", group("disease_status_observation_code")),
        "pregnancy": (
            "Pregnancy",
            [*_icd("Z33", "Z34", "O09"), (SNOMED, "77386006", "Pregnancy")],
        ),
        "pregnancy-status": ("Pregnancy status, as asked", [(LOINC, "82810-3", "Pregnancy status")]),
        "organ-impairment": (
            "Heart, lung, kidney or liver impairment",
            _icd("I50", "I42", "J96", "N17", "N18", "N19", "K72", "K74"),
        ),
    }


ORGANS: dict[str, tuple[str, list[Coding]]] = {
    # Supporting information only. Each code and name was compared with public FHIR guides and laboratories' lists:
    # MII's cardiology module (10230-1), lung function guides of HDDT and MII (FEV1), Taiwan's laboratory guide
    # (creatinine), and lists that tell the formulas of MDRD, CKD-EPI and CKD-EPI 2021 apart (eGFR).
    "ejection-fraction": (
        "Left ventricular ejection fraction",
        [(LOINC, "10230-1", "Left ventricular Ejection fraction")],
    ),
    "lung-function": (
        "Forced expiratory volume in one second",
        [(LOINC, "20150-9", "FEV1"), (LOINC, "20152-5", "FEV1 measured/predicted")],
    ),
    "kidney-function": (
        "Creatinine and estimated glomerular filtration rate",
        [
            (LOINC, "2160-0", "Creatinine [Mass/volume] in Serum or Plasma"),
            (LOINC, "33914-3", "eGFR by creatinine (MDRD)"),
            (LOINC, "62238-1", "eGFR by creatinine (CKD-EPI)"),
            (LOINC, "98979-8", "eGFR by creatinine (CKD-EPI 2021)"),
        ],
    ),
}


ANTI_PD1 = (
    "pembrolizumab", "nivolumab", "cemiplimab", "dostarlimab", "retifanlimab", "toripalimab", "tislelizumab",
    "penpulimab", "sintilimab", "camrelizumab", "zimberelimab", "serplulimab", "spartalizumab",
)  # fmt: skip


def _weak(code: str) -> bool:
    """C79.2 (skin), C79.9 (unspecified) and the bare headers prove no distant metastasis."""
    return code.startswith(("C79.2", "C79.9")) or code in ("C78", "C79")


def _icd(*roots: str) -> list[Coding]:
    return [(ICD10CM, code, icd.get_description(code)) for root in roots for code in _tree(root)]


def _tree(root: str) -> Iterator[str]:
    yield root
    yield from icd.get_descendants(root)


def _malignant_categories() -> list[str]:
    chapter = [c for c in icd.get_all_codes(with_dots=True) if len(c) == 3 and c.startswith("C")]  # noqa: PLR2004
    return sorted(chapter)


def _other_icd10(root: str, digits: int) -> list[Coding]:
    codes = [root, *(f"{root}.{digit}" for digit in range(digits))]
    return [(system, code, f"{root} in another ICD-10") for system in OTHER_ICD10 for code in codes]


def _icd9_172() -> list[str]:
    return ["172", *(f"172.{digit}" for digit in range(10))]


def _policy_procedures(rows: list[Row]) -> list[Coding]:
    return [
        (r.system, r.code, "Introduction of lifileucel")
        for r in rows
        if r.group == "lifileucel_policy_listed" and r.code.startswith("XW")
    ]


def _drugs(*codes: str) -> list[Coding]:
    return [(DRUG, code, code) for code in codes]


def _readings(*codes: str) -> list[Coding]:
    return [(READING, code, code) for code in codes]


def _label(row: Row) -> str:
    """Our own short label for SNOMED CT; the first words of the source's display otherwise."""
    if row.system != SNOMED:
        return row.display.split(" (")[0].split(";")[0][:80].strip()
    short = row.display.split(" (")[0].replace("Malignant melanoma", "Melanoma")
    return (
        short.replace("Metastatic malignant neoplasm", "Metastasis").replace(" (disorder)", "")[:60].strip()
    )


def _write(name: str, title: str, codings: list[Coding]) -> None:
    systems = sorted({system for system, _, _ in codings})
    resource = {
        "resourceType": "ValueSet",
        "id": name,
        "url": f"{BASE}/ValueSet/{name}",
        "version": VERSION,
        "name": "".join(part.capitalize() for part in name.split("-")),
        "title": title,
        "status": "active",
        "experimental": False,
        "date": DATE,
        "publisher": "smartapp",
        "compose": {
            "include": [
                {"system": s, "concept": [{"code": c, "display": d} for x, c, d in codings if x == s]}
                for s in systems
            ]
        },
        "expansion": {
            "identifier": f"{BASE}/ValueSet/{name}|{VERSION}",
            "timestamp": f"{DATE}T00:00:00Z",
            "total": len(codings),
            "contains": [{"system": s, "code": c, "display": d} for s, c, d in codings],
        },
    }
    (OUT / f"{name}.json").write_text(
        json.dumps(resource, indent=1, ensure_ascii=False) + "\n", encoding="utf-8"
    )
    print(f"{name}: {len(codings)}")


if __name__ == "__main__":
    main(sys.argv[1])
