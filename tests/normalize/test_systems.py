"""Code systems and codes in canonical form.

Clinical.md 9 and decisions.md 6: an exact table, nothing guessed.
"""

import pytest

from smartapp.normalize.systems import canonical

ICD10CM = "http://hl7.org/fhir/sid/icd-10-cm"
SNOMED = "http://snomed.info/sct"
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
HCPCS = "https://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets"


@pytest.mark.parametrize(
    ("system", "code", "expected"),
    [
        (ICD10CM, "C43.59", (ICD10CM, "C43.59")),
        (ICD10CM, "c4359", (ICD10CM, "C43.59")),
        (ICD10CM, " C43.9 ", (ICD10CM, "C43.9")),
        (ICD10CM, "C439", (ICD10CM, "C43.9")),
        (ICD10CM, "C43", (ICD10CM, "C43")),
        (ICD10CM, "C43.", (ICD10CM, "C43")),
        (ICD10CM, "C4A59", (ICD10CM, "C4A.59")),
        ("urn:oid:2.16.840.1.113883.6.90", "C43.9", (ICD10CM, "C43.9")),
        ("2.16.840.1.113883.6.90", "C43.9", (ICD10CM, "C43.9")),
        ("http://hl7.org/fhir/sid/icd-10-cm/", "C43.9", (ICD10CM, "C43.9")),
        ("https://hl7.org/fhir/sid/icd-10-cm", "C43.9", (ICD10CM, "C43.9")),
        ("http://hl7.org/fhir/sid/icd-10-cm|2026", "C43.9", (ICD10CM, "C43.9")),
        ("ICD-10-CM", "C43.9", (ICD10CM, "C43.9")),
        ("ICD10CM", "C43.9", (ICD10CM, "C43.9")),
        ("I10C", "C43.9", (ICD10CM, "C43.9")),
        ("http://purl.bioontology.org/ontology/ICD10CM", "C43.9", (ICD10CM, "C43.9")),
        ("http://purl.bioontology.org/ontology/RXNORM", "1597876", (RXNORM, "1597876")),
        ("http://purl.bioontology.org/ontology/SNOMEDCT", "372244006", (SNOMED, "372244006")),
        ("https://bluebutton.cms.gov/resources/codesystem/hcpcs", "J9299", (HCPCS, "J9299")),
        ("http://hl7.org/fhir/sid/icd-10", "C43.9", ("http://hl7.org/fhir/sid/icd-10", "C43.9")),
        ("ICD-10", "C43.9", ("http://hl7.org/fhir/sid/icd-10", "C43.9")),
        (
            "http://fhir.de/CodeSystem/dimdi/icd-10-gm",
            "C43.5",
            ("http://fhir.de/CodeSystem/bfarm/icd-10-gm", "C43.5"),
        ),
        ("http://hl7.org/fhir/sid/icd-10-am", "C43.5", ("http://hl7.org/fhir/sid/icd-10-am", "C43.5")),
        ("http://hl7.org/fhir/sid/icd-9-cm", "172.5", ("http://hl7.org/fhir/sid/icd-9-cm", "172.5")),
        ("http://example.org/icd-10-something", "C43.5", None),
        ("http://snomed.info/sct", "372244006", (SNOMED, "372244006")),
        ("http://snomed.info/sct/731000124108", "372244006", (SNOMED, "372244006")),
        ("http://snomed.info/sct/731000124108/version/20250301", "372244006", (SNOMED, "372244006")),
        ("urn:oid:2.16.840.1.113883.6.96", "372244006", (SNOMED, "372244006")),
        ("SNOMED CT", "372244006 |Malignant melanoma|", (SNOMED, "372244006")),
        ("SNOMED CT", "372244006:363698007=39937001", (SNOMED, "372244006:363698007=39937001")),
        ("urn:oid:2.16.840.1.113883.6.1", "la6576-8", ("http://loinc.org", "LA6576-8")),
        ("RxNorm", "1547545", (RXNORM, "1547545")),
        ("http://rxnorm.info/sct", "1547545", (RXNORM, "1547545")),
        ("urn:oid:2.16.840.1.113883.6.88", "1547545", (RXNORM, "1547545")),
        ("http://www.nlm.nih.gov/research/umls/hcpcs", "J9271", (HCPCS, "J9271")),
        ("urn:oid:2.16.840.1.113883.6.285", "j9271", (HCPCS, "J9271")),
        ("http://www.ama-assn.org/go/cpt", "J9271", (HCPCS, "J9271")),
        ("http://www.ama-assn.org/go/cpt", "J9271-JZ", (HCPCS, "J9271")),
        ("http://www.ama-assn.org/go/cpt", "81210", ("http://www.ama-assn.org/go/cpt", "81210")),
        (
            "urn:oid:2.16.840.1.113883.6.4",
            "xw043l7",
            ("http://www.cms.gov/Medicare/Coding/ICD10", "XW043L7"),
        ),
        ("http://fhir.de/CodeSystem/bfarm/atc", "L01FF01", ("http://www.whocc.no/atc", "L01FF01")),
        ("urn:oid:2.16.840.1.113883.4.9", "dpt0o3t46p", ("http://fdasis.nlm.nih.gov", "DPT0O3T46P")),
        ("http://www.genenames.org", "1097", ("http://www.genenames.org/geneId", "HGNC:1097")),
        ("HGNC", "HGNC:1097", ("http://www.genenames.org/geneId", "HGNC:1097")),
        (
            "urn:oid:2.16.840.1.113883.6.43.1",
            "87203",
            ("http://terminology.hl7.org/CodeSystem/icd-o-3", "8720/3"),
        ),
        ("ICD-O-3", "M8720/3", ("http://terminology.hl7.org/CodeSystem/icd-o-3", "8720/3")),
        ("NCIt", "C148517", ("http://ncicb.nci.nih.gov/xml/owl/EVS/Thesaurus.owl", "C148517")),
        ("AJCC", "IV", ("http://cancerstaging.org", "IV")),
        ("http://local.example/codes", "C43.9", None),
        (None, "C43.9", None),
        (ICD10CM, None, None),
    ],
)
def test_a_coding_has_one_canonical_form_or_none(system, code, expected):
    assert canonical(system, code) == expected
