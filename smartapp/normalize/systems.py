"""Code systems as EHRs name them, mapped to the canonical URI by an exact table.

Nothing is guessed from parts of a name: "icd-10" is in the URIs of the German, Australian and WHO editions too.
"""

import re
from functools import lru_cache

from smartapp.normalize.spelling import is_hcpcs, spelled
from smartapp.normalize.uris import (
    ACT_CODE,
    AJCC,
    ATC,
    CLINVAR,
    CPT,
    DBSNP,
    ENTREZ,
    HCPCS,
    HGNC,
    HGVS,
    ICD9CM,
    ICD10,
    ICD10AM,
    ICD10CM,
    ICD10GM,
    ICD10PCS,
    ICDO3,
    INTERPRETATION,
    LOINC,
    NCIT,
    NDC,
    RXNORM,
    SNOMED,
    SOPT,
    UICC,
    UNII,
)

# Written in lower case, without "http://", "https://", "urn:oid:", "www." and a final slash; see _plain.
_ALIASES: dict[str, tuple[str, ...]] = {
    SNOMED: (
        "snomed.info/sct",
        "snomed.info",
        "2.16.840.1.113883.6.96",
        "snomed",
        "snomedct",
        "snomed-ct",
        "snomed ct",
        "snomed_ct",
        "snomedct_us",
        "sct",
        "ihtsdo.org/snomed-ct",
        "purl.bioontology.org/ontology/snomedct",
    ),
    LOINC: ("loinc.org", "2.16.840.1.113883.6.1", "loinc", "ln", "purl.bioontology.org/ontology/lnc"),
    RXNORM: (
        "nlm.nih.gov/research/umls/rxnorm",
        "rxnav.nlm.nih.gov",
        "rxnorm.info/sct",
        "2.16.840.1.113883.6.88",
        "rxnorm",
        "rxcui",
        "purl.bioontology.org/ontology/rxnorm",
    ),
    ICD10CM: (
        "hl7.org/fhir/sid/icd-10-cm",
        "terminology.hl7.org/codesystem/icd10cm",
        "terminology.hl7.org/codesystem/icd-10-cm",
        "2.16.840.1.113883.6.90",
        "icd-10-cm",
        "icd10cm",
        "i10c",
        "icd10-cm",
        "icd 10 cm",
        "icd-10cm",
        "purl.bioontology.org/ontology/icd10cm",
    ),
    ICD10PCS: (
        "cms.gov/medicare/coding/icd10",
        "hl7.org/fhir/sid/icd-10-pcs",
        "icd10data.com/icd10pcs",
        "2.16.840.1.113883.6.4",
        "icd-10-pcs",
        "icd10pcs",
        "icd10-pcs",
    ),
    ICD10: (
        "hl7.org/fhir/sid/icd-10",
        "id.who.int/icd/release/10",
        "2.16.840.1.113883.6.3",
        "icd-10",
        "icd10",
        "icd-10-who",
        "hl7.org/fhir/sid/icd-10-uk",
        "hl7.org/fhir/sid/icd-10-ca",
    ),
    ICD10GM: (
        "fhir.de/codesystem/bfarm/icd-10-gm",
        "fhir.de/codesystem/dimdi/icd-10-gm",
        "hl7.org/fhir/sid/icd-10-de",
        "icd-10-gm",
        "icd10gm",
        "icd10-gm",
    ),
    ICD10AM: ("hl7.org/fhir/sid/icd-10-am", "2.16.840.1.113883.6.135", "icd-10-am", "icd10am"),
    ICD9CM: (
        "hl7.org/fhir/sid/icd-9-cm",
        "hl7.org/fhir/sid/icd-9-cm/diagnosis",
        "terminology.hl7.org/codesystem/icd9cm",
        "terminology.hl7.org/codesystem/icd-9-cm",
        "2.16.840.1.113883.6.103",
        "2.16.840.1.113883.6.42",
        "icd-9-cm",
        "icd9cm",
        "icd-9",
        "icd9",
    ),
    HCPCS: (
        "cms.gov/medicare/coding/hcpcsreleasecodesets",
        "nlm.nih.gov/research/umls/hcpcs",
        "cms.gov/hcpcs",
        "terminology.hl7.org/codesystem/hcpcs",
        "hl7.org/fhir/sid/hcpcs",
        "2.16.840.1.113883.6.285",
        "2.16.840.1.113883.6.14",
        "hcpcs",
        "hcpcs level ii",
        "bluebutton.cms.gov/resources/codesystem/hcpcs",
    ),
    CPT: ("ama-assn.org/go/cpt", "2.16.840.1.113883.6.12", "cpt", "cpt4", "cpt-4", "c4"),
    NDC: ("hl7.org/fhir/sid/ndc", "2.16.840.1.113883.6.69", "ndc"),
    ATC: (
        "whocc.no/atc",
        "whocc.no/atc_ddd_index",
        "fhir.de/codesystem/bfarm/atc",
        "fhir.de/codesystem/dimdi/atc",
        "fhir.de/codesystem/ifa/atc",
        "2.16.840.1.113883.6.73",
        "1.2.276.0.76.5.514",
        "atc",
    ),
    UNII: (
        "fdasis.nlm.nih.gov",
        "fdasis.nlm.nih.gov/srs",
        "hl7.org/fhir/sid/unii",
        "2.16.840.1.113883.4.9",
        "unii",
    ),
    HGNC: (
        "genenames.org/geneid",
        "genenames.org",
        "2.16.840.1.113883.6.281",
        "hgnc",
        "genenames.org/data/gene-symbol-report",
    ),
    ENTREZ: ("ncbi.nlm.nih.gov/gene", "ncbi gene", "entrez", "entrez gene"),
    HGVS: ("varnomen.hgvs.org", "hgvs.org", "2.16.840.1.113883.6.282", "hgvs"),
    CLINVAR: (
        "ncbi.nlm.nih.gov/clinvar",
        "ncbi.nlm.nih.gov/clinvar/variation",
        "clinvar",
    ),
    DBSNP: ("ncbi.nlm.nih.gov/projects/snp", "ncbi.nlm.nih.gov/snp", "2.16.840.1.113883.6.284", "dbsnp"),
    ICDO3: (
        "terminology.hl7.org/codesystem/icd-o-3",
        "hl7.org/fhir/sid/icd-o-3",
        "fhir.de/codesystem/bfarm/icd-o-3",
        "fhir.de/codesystem/dimdi/icd-o-3",
        "who.int/classifications/icd/adaptations/oncology",
        "2.16.840.1.113883.6.43.1",
        "2.16.840.1.113883.6.43",
        "icd-o-3",
        "icdo3",
        "icd-o",
        "icd-o-3.2",
    ),
    AJCC: ("cancerstaging.org", "ajcc"),
    UICC: ("uicc.org/resources/tnm", "uicc.org", "uicc"),
    NCIT: (
        "ncicb.nci.nih.gov/xml/owl/evs/thesaurus.owl",
        "ncit.nci.nih.gov",
        "ncithesaurus-stage.nci.nih.gov",
        "2.16.840.1.113883.3.26.1.1",
        "ncit",
        "nci",
        "nci thesaurus",
    ),
    INTERPRETATION: (
        "terminology.hl7.org/codesystem/v3-observationinterpretation",
        "hl7.org/fhir/v3/observationinterpretation",
        "hl7.org/fhir/v2/0078",
        "terminology.hl7.org/codesystem/v2-0078",
        "hl7.org/fhir/valueset/observation-interpretation",
        "hl7.org/fhir/observation-interpretation",
        "2.16.840.1.113883.5.83",
        "2.16.840.1.113883.12.78",
    ),
    ACT_CODE: (
        "terminology.hl7.org/codesystem/v3-actcode",
        "hl7.org/fhir/v3/actcode",
        "2.16.840.1.113883.5.4",
    ),
    SOPT: (
        "nahdo.org/sopt",
        "phdsc.org/standards/payer-typology.asp",
        "2.16.840.1.113883.3.221.5",
        "sopt",
    ),
}
_TABLE = {alias: system for system, aliases in _ALIASES.items() for alias in aliases}

_PREFIX = re.compile(r"^(?:https?://)?(?:urn:oid:|oid:)?(?:www\.)?")
_SNOMED_EDITION = re.compile(r"snomed\.info/sct/\d+(?:/version/\d+)?")


@lru_cache(maxsize=8192)
def canonical(system: str | None, code: str | None) -> tuple[str, str] | None:
    """The canonical system and code of a coding, or None when the system is not known or there is no code."""
    known = _system(system) if system and code else None
    if known is None or code is None:
        return None
    bare = code.strip()
    if known == CPT and is_hcpcs(bare):
        known = HCPCS  # EHRs send J codes under the CPT URI
    return known, spelled(known, bare)


def _system(system: str) -> str | None:
    plain = _plain(system)
    if _SNOMED_EDITION.fullmatch(plain):
        return SNOMED
    return _TABLE.get(plain)


def _plain(system: str) -> str:
    unversioned = system.partition("|")[0]
    return _PREFIX.sub("", unversioned.strip().lower()).rstrip("/")
