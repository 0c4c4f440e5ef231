"""The words for malignancies, for where a metastasis is and where from, and for what is none."""

import re

from smartapp.normalize.words import HEDGE, NEGATION, any_of

SITES = (
    r"lung|bronch\w+|pulmonary|breast|mammary|colon|colorectal|rectal|rectum|gastric|stomach|esophag\w+"
    r"|oesophag\w+|pancrea\w+|liver|hepato\w+|biliary|kidney|renal|bladder|urothelial|prostate|ovar\w+"
    r"|cervi\w+|endometri\w+|uter\w+|testi\w+|thyroid|head and neck|oral|tongue|laryn\w+|pharyn\w+|brain"
    r"|bone|small cell|non-? ?small cell|nsclc|germ cell|neuroendocrine|cholangio\w*|squamous cell lung"
    r"|squamous|adeno\w*"
)
SITES_ELSEWHERE = (
    r"poumons?|seins?|c[oô]lon|prostate|reins?|pulm[oó]n(?:es)?|mama|pr[oó]stata|riñ[oó]n|polmon[ei]|seno"
    r"|mammella|rene"
)
ELSEWHERE = (
    r"(?:c[aá]ncer|cancro|(?:adeno)?carcinom[ae]|tumor[ei]) (?:malign[oe] )?(?:du|de|d[ei]l|della|ai|al|alla)"
    rf" (?:la )?(?:{SITES_ELSEWHERE})"
)
"""As French, Spanish and Italian name the commonest."""
COMPOUND = r"(?!haut|huid)\w+(?:krebs|kanker)"
"""As German and Dutch do; a cancer of the skin may be the melanoma."""
TYPE = r"(?!melan|skin|cutan|mucos|metasta|secondary)"
HISTOLOGY = any_of(
    ELSEWHERE,
    r"\w*carcinomes?|\w*carcino(?:om|men)|lymphomes?|\w*lymfo(?:om|men)|linfomas?|leucemias?|leucémies?|leukemie",
    r"\w*carcinoma\w*|\w*karzinom\w*|nsclc|sclc|crc|hcc|rcc|gist|\w*lymphoma\w*|\w*lymphom|leuk[ae]?emi\w*"
    r"|\w*leukämie|cll|aml|\w*sarcoma\w*|\w*sarkom|(?:multiple )?myeloma|plasmacytoma|\w*glioma\w*"
    r"|glioblastoma\w*|astrocytoma\w*|seminoma\w*|mesothelioma\w*|\w*blastoma\w*|cholangiocarcinoma"
    r"|thymoma|hodgkin\w*|mycosis fungoides|waldenstr\w+|lymphoblastic|hnscc|tnbc|escc"
    r"|dlbcl|cml|pdac|gbm|carcinoid\w*|wilms\w*|chordoma|hepatoma|hypernephroma|ependymoma|\w*germinoma"
    r"|gastrointestinal stromal tumou?rs?|neuroendocrine (?:tumou?rs?|neoplasms?)|islet cell tumou?rs?"
    rf"|malignant (?:{TYPE}\w+ ){{0,2}}{TYPE}\w+omas?|malignant (?:{TYPE}\w+ ){{1,2}}tumou?rs?"
    rf"|(?:{TYPE}\w+omas?|neoplasms? of (?:the )?{TYPE}\w+),? malignant",
    rf"(?:{SITES}) ca|ca (?:of )?(?:the )?(?:{SITES})",
)
GENERIC = any_of(
    r"cancers?",
    r"malignant (?:neoplasm\w*|tumou?rs?|growths?)",
    r"malignan(?:cy|cies)",
    r"\w+krebs|krebs\w*",
    r"c[áâ]ncer(?:es)?|cancro|cancri|\w*kanker",
    r"bösartige neubildung\w*",
    r"tumeurs? malignes?",
    r"neoplasia maligna",
    r"tumor maligno",
)
SITED = any_of(
    rf"(?:{SITES}) (?:\w+ )?(?:cancers?|carcinomas?|malignan\w+|neoplasms?|tumou?rs?)",
    r"\w+krebs",
    r"nsclc",
    COMPOUND,
    ELSEWHERE,
    r"(?:lungen|bronchial|mamma|kolon|rektum|prostata|nierenzell|urothel|pankreas|leberzell|magen|ovarial)karzinom\w*",
)
SITED_COMPOUND = any_of(COMPOUND)
ORIGIN = any_of(
    rf"(?:cancers?|carcinomas?|malignan\w+|neoplasms?|tumou?rs?) of (?:the )?(?:\w+ )?(?:{SITES})",
    rf"from (?:the |an? |known |primary )*(?:{SITES})",
    rf"(?:{SITES}) primary",
)
"""The tumor that a metastasis comes from, where no other words name it."""
IS_PRIMARY = any_of(rf"(?:{SITES}) primary")
UNTYPED = re.compile(r"(?:carcin|karzin)om(?:as?|e|atos\w+)?")
"""Carcinoma, as "cancer" is used of any malignancy."""
SECONDARY = any_of(r"secondary", r"\w*metasta\w+", r"mets", r"sekundär\w*", r"carcinomatosis", r"spread")
DESTINATION = re.compile(
    r"\b(?:secondary|metasta\w+)(?: and unspecified)? (?:malignan\w+|cancers?|carcinomas?|tumou?rs?|neoplasms?)"
    r"(?: (?:neoplasms?|tumou?rs?))? (?:of|to|in) (?:(?!from\b|due\b|bei\b)[\w-]+ ?)+"
    r"|(?<=\s)(?:to|in) (?:(?!from\b|due\b|bei\b)[\w-]+ ?)+"
)
"""Where a metastasis is: "secondary malignant neoplasm of liver", "metastasized to bone"."""
WHERE_IT_IS = any_of(
    r"(?:secondary|metasta\w+) (?:\w+ )?(?:liver|hepatic|bone|brain) (?:cancers?|tumou?rs?|neoplasms?|malignan\w+)"
)
"""Organs that other tumors spread to: "metastatic bone cancer" beside the code of a metastasis is one of them."""
RISK_FLAG = re.compile(r"[(\[](?:cms ?[/-]? ?)?hcc\b[^)\]]*[)\]]")
"""A hierarchical condition category, which US EHRs write after a diagnosis; no hepatocellular carcinoma."""
UNSAID = any_of(
    r"metastatic|metastasi[sz]ed|advanced|recurrent|progressive|active|known|disease|unspecified|nos|stage|iv|4"
    r"|of|the|a|site|primary|treatment|therapy|for|unknown|diagnosis|solid"
)
IN_GENERAL = any_of(
    r"approv\w+|indicat\w+|therap\w+|treatment|inhibitors?|trials?|validat\w+|stud(?:y|ies)|patients"
    r"|literature|reported|associat\w+|recommend\w+|frequen\w+|common\w*|other tumou?r types?|panel|assay"
)
"""A laboratory's words about tumors in general."""
CLAUSE = re.compile(r"[,:()|]|(?<=\s)(?:and|with|but)(?=\s)")
NO_DISEASE = any_of(
    *NEGATION,
    *HEDGE,
    r"histor\w+",
    r"hx",
    r"h/o",
    r"former",
    r"previous",
    r"past",
    r"s/p",
    r"status[- ]post",
    r"zustand nach",
    r"z\.?\s?n",
    r"ant[eé]c[eé]dent\w*|storia di|pregress[oa]|voorgeschiedenis",
    r"family",
    r"familial risk",
    r"mother|father|sister|brother|parent|sibling|aunt|uncle|cousin|grand\w+",
    r"screen\w*",
    r"risk",
    r"in[- ]situ",
    r"in remission",
    r"remission",
    r"resolved",
    r"benign",
    r"borderline",
    r"uncertain behaviou?r",
    r"premalignant",
    r"precancer\w*",
    r"dysplasia",
    r"suspected",
    r"fear",
    r"worried",
    r"counsel\w*",
    r"education",
    r"survivor\w*",
    r"antigen",
    r"carcinomatous",
    r"-related|related",
    r"center",
    r"clinic",
    r"syndrome",
    r"pain",
    r"anemia",
    r"chemotherapy",
    r"paraneoplastic",
    r"cachexia",
)
NOT_A_DENIAL = any_of(
    r"non-? ?small[- ]?cell",
    r"non-? ?hodgkin\w*",
    r"non-? ?melanoma",
    r"not otherwise specified",
    r"not (?:having achieved|in) remission",
    r"without (?:mention of )?remission",
    r"not specified",
    r"non-? ?(?:muscle[- ])?invasive",
    r"without (?:mention of )?\w+",
)
SKIN = any_of(
    r"basal cell",
    r"basal-cell",
    r"bcc",
    r"cscc",
    r"merkel\w*",
    r"(?:squamous cell|keratinocyt\w+|cutaneous squamous).{0,40}\bskin",
    r"skin.{0,40}\bsquamous cell",
    r"cutaneous squamous",
    r"non-? ?melanoma skin",
    r"skin cancers?",
    r"(?:cancer|carcinoma|malignant neoplasm|malignant tumou?r)s? of (?:the )?skin",
    r"basaliom\w*",
)
EYE = any_of(
    r"eye|eyeball|uveal|uvea|choroid\w*|ocular|retina\w*|ciliary|retinoblastoma|conjunctiva\w*|orbit\w*"
    r"|lacrimal|cornea\w*"
)
MAYBE_ITSELF = any_of(
    r"vulva\w*|labi\w+|clitor\w+|vagina\w*|penis|penile|glans|prepuce|scrot\w+|lips?|mouth|rectum|rectal"
    r"|anus|anal\w*|nasal|accessory sinus\w*|sinus(?:es)?|o?esophag\w+|male genital\w*|mucosa\w*"
)
