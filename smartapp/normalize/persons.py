"""Whose it is, as words say: a relative's, another person's, an animal's, and not the patient's."""

import re

from smartapp.normalize.words import any_of

_KIN = (
    r"(?:step|half|grand|god|foster)?-?(?:mother|father|sister|brother|parent|sibling|daughter|son)(?:s|'s|-in-law)*",
    r"cousin\w*|uncle\w*|aunt\w*|nephew\w*|niece\w*|grand(?:ma|pa|dad|parents?|child\w*)|relatives?|twins?|kids?",
    r"children(?!'s)|child(?!(?: |-)pugh)",
    r"husband|wife|spouse|partner|fianc[eé]e?|(?:boy|girl)?friends?|neighbou?rs?|co-?workers?|colleagues?|room-?mates?",
    r"in-laws?|maternal|paternal|caregivers?|caretakers?|carers?|someone|somebody|(?:an)?other person",
    r"family history|family hx|fam\.? hx|fh|fhx|family member\w*|familienanamnese|familien\w*",
    r"mutter|vater|schwester|bruder|tante|onkel|(?:groß|gross)(?:mutter|vater|eltern)|ehe(?:mann|frau|gatt\w+)",
    r"s[oö]hne?|t[oö]chter|nichte|neffe|schwager|schwägerin|freund(?:in)?|nachbar\w*|kind(?:er)? mit",
    r"familiaux|familiales?|familiar(?:es|i)?|famil[eí]ares|familiär\w*|madre|padre|herman[oa]s?|abuel[oa]s?",
    r"espos[oa]|marido|hij[oa]s?|tío|tía|suegr[oa]|figli[oa]|marito|moglie|zio|zia|filh[oa]|mari|épou(?:x|se)|fils|fille",
    r"mère|père|sœur|soeur|frère|oncle|sorella|fratello|nonn[oa]|mãe|irmã\w*|moeder|vader|zus|broer|dochter|zoon",
    r"mor|syster|dotter|[fs]dr|kindred|f[oe]+t(?:us|al)|placental?",
)
_ANIMAL = (
    r"animals?(?![- ]type)|mouse|mice|rats?|rabbits?|zebrafish|swine|pigs?|dogs?|cats?(?![-/:]| scan)|horses?|mares?"
    r"|pets(?! )|pet's|(?<=family )pet|pupp(?:y|ies)|kittens?|canine|feline|equine|bovine|porcine|murine|veterinar\w+"
    r"|hund(?:es?)?|katzen?|pferde?s?|perr[oa]|gat[oa]|chiens?|hond"
)
OTHERS = f"(?:{'|'.join(_KIN)}|{_ANIMAL})"
"""An expression for another person or an animal."""
_OF_KIN = any_of(*_KIN)
_OF_ANIMAL = re.compile(
    rf"(?<![a-z0-9])(?:{_ANIMAL})(?:'s)?(?![a-z0-9])(?! (?:scan|bite|scratch|allerg|dander|hair))[^,]*$"
)
_IN_ANOTHER = re.compile(
    rf"[\s,:(\-]*(?:(?:in|of|her|his|the|a|family|patient's)\s)*(?:{'|'.join(_KIN)})(?![a-z0-9])"
    rf"|\s(?:in|of)(?: (?:the|a|her|his|their|family|patient's))* (?:{_ANIMAL})(?![a-z0-9])"
)
_THEIRS = re.compile(rf"[\s,:(\-]*(?:(?:of|the|his|her|patient's)\s)*{OTHERS}'s(?![a-z0-9])")
_HAVE_IT = re.compile(
    rf"(?<![a-z0-9])(?:{'|'.join(_KIN)}|{_ANIMAL})(?:'s)?"
    r"(?: (?:is|was|has|had|on|with|who|got|takes?|taking|received?|receiving|treated|given|for))*:?\s*$"
)


def named_in(words: str) -> bool:
    """Whether plain words name another person."""
    return _OF_KIN.search(words) is not None


def have_it(words: str) -> bool:
    """Whether the plain words before a drug say that another takes it: "wife's", "dog received"."""
    return _HAVE_IT.search(words) is not None


def is_theirs(words: str) -> bool:
    """Whether the plain words after a drug say whose it is, and not the patient's: "(wife's)"."""
    return _THEIRS.match(words) is not None


def named_before(words: str) -> bool:
    """Whether the plain words before something say whose it is, and not the patient's: "dog with"."""
    return named_in(words) or _OF_ANIMAL.search(words) is not None


def named_after(words: str) -> bool:
    """The same of the words behind it: "in her father", "of the family dog"."""
    return _IN_ANOTHER.match(words) is not None
