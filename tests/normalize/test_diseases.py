"""How a disease is named in text.

Decisions.md 4 `melanoma`: plainly, doubted, denied, metastatic, or not at all.
"""

import pytest
from normalize.build import terms

from smartapp.normalize.diseases import readings

PLAIN = ["melanoma"]
METASTATIC = ["melanoma", "melanoma-metastatic"]
DOUBTED = ["melanoma-doubted"]
NEGATED = ["melanoma-negated"]
NOTHING = []


def codes(*texts):
    return [coding["code"] for coding in readings(terms(), texts)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Melanoma", PLAIN),
        ("Malignant melanoma of skin of left upper arm", PLAIN),
        ("MALIGNANT MELANOMA, NOS", PLAIN),
        ("Malignant melanoma of skin, unspecified", PLAIN),
        ("melanoma of skin, not otherwise specified", PLAIN),
        ("Malignes Melanom am Rücken", PLAIN),
        ("Mélanome cutané", PLAIN),
        ("Melanoma, BRAF wild-type", PLAIN),
        ("Melanoma, BRAF V600E not detected", PLAIN),
        ("BRAF-mutated melanoma", PLAIN),
        ("Unresectable melanoma, not a surgical candidate", PLAIN),
        ("Melanoma, not resectable", PLAIN),
        ("Recurrent melanoma of scalp", PLAIN),
        ("Familial malignant melanoma of skin (disorder)", PLAIN),
        ("Melanoma with no known primary", PLAIN),
        ("Melanoma of unknown primary", PLAIN),
        ("Melanoma, no ulceration", PLAIN),
        ("Melanoma stage IIIB", PLAIN),
        ("Acral lentiginous melanoma", PLAIN),
        ("Mucosal melanoma of vulva", PLAIN),
        ("Melanoma (invasive, not in situ)", PLAIN),
        ("Malignant melanoma of right upper eyelid, including canthus", PLAIN),
        ("Malignant melanoma of skin of canthus of eye (disorder)", PLAIN),
        ("Malignant melanoma of skin of eyebrow (disorder)", PLAIN),
        ("Malignant melanoma arising in dysplastic nevus", PLAIN),
        ("Melanoma of left arm; sentinel node negative", PLAIN),
        ("Non-small cell lung cancer and melanoma", PLAIN),
        ("Melanoma, treatment-refractory", PLAIN),
        ("Melanoma treatment-refractory", PLAIN),
        ("Melanoma patient", PLAIN),
        ("Metastatic melanoma patient", METASTATIC),
        # doubted
        ("Suspected melanoma", DOUBTED),
        # another condition, or a visit, that names it
        ("Lymphedema due to melanoma surgery", DOUBTED),
        ("Seroma following melanoma excision", DOUBTED),
        ("Melanoma follow-up", DOUBTED),
        ("Adverse effect of melanoma therapy", DOUBTED),
        ("Elevated S-100, melanoma marker", DOUBTED),
        ("Anxiety about melanoma", NEGATED),
        ("Contact with melanoma patient", NEGATED),
        ("Possible melanoma of back", DOUBTED),
        ("Probable melanoma", DOUBTED),
        ("Melanoma?", DOUBTED),
        ("? melanoma", DOUBTED),
        ("Rule out melanoma", DOUBTED),
        ("r/o melanoma", DOUBTED),
        ("Melanoma vs. dysplastic nevus", DOUBTED),
        ("Lesion suspicious for melanoma", DOUBTED),
        ("Melanoma, suspected", DOUBTED),
        ("Melanoma (suspected)", DOUBTED),
        ("Melanoma cannot be excluded", DOUBTED),
        ("Cannot exclude melanoma", DOUBTED),
        ("Melanoma not excluded", DOUBTED),
        ("Consistent with melanoma", DOUBTED),  # ICD-10-CM Guidelines IV.H: an uncertain diagnosis
        ("Differential diagnosis: nevus, melanoma, BCC", DOUBTED),
        ("V.a. malignes Melanom", DOUBTED),
        ("Verdacht auf Melanom", DOUBTED),
        ("History of melanoma", DOUBTED),
        ("Personal history of malignant melanoma of skin", DOUBTED),
        ("h/o melanoma 2015", DOUBTED),
        ("Hx of melanoma", DOUBTED),
        ("Z.n. malignem Melanom", DOUBTED),
        ("Previous melanoma", DOUBTED),
        ("Melanoma, in remission", DOUBTED),
        ("Melanoma, NED", DOUBTED),
        ("Melanoma, no evidence of disease", DOUBTED),
        ("Melanoma in situ", DOUBTED),
        ("Melanoma in-situ of left arm", DOUBTED),
        ("Uveal melanoma", DOUBTED),
        ("Choroidal melanoma of right eye", DOUBTED),
        ("Metastatic uveal melanoma", DOUBTED),
        ("Conjunctival melanoma", DOUBTED),
        ("Borderline malignant melanoma", DOUBTED),
        ("Donor derived melanoma", DOUBTED),
        ("Primary malignant melanoma of meninges", DOUBTED),
        ("Suspected metastatic melanoma", DOUBTED),
        ("No evidence of recurrence of melanoma", DOUBTED),
        ("No evidence of recurrent melanoma", DOUBTED),
        ("No residual melanoma", DOUBTED),
        ("No evidence of metastatic melanoma", DOUBTED),
        ("Melanoma unlikely", DOUBTED),
        ("No known drug allergies, no fever, melanoma", DOUBTED),
        ("Melanoma. Rule out melanoma.", DOUBTED),
        # denied
        ("No melanoma", NEGATED),
        ("No evidence of melanoma", NEGATED),
        ("Not melanoma", NEGATED),
        ("Negative for melanoma", NEGATED),
        ("Melanoma ruled out", NEGATED),
        ("Melanoma: excluded", NEGATED),
        ("Melanoma was not found", NEGATED),
        ("No BCC, SCC or melanoma", NEGATED),
        ("Kein Melanom", NEGATED),
        ("Does not have melanoma", NEGATED),
        # nobody's, or not a disease
        ("Family history of melanoma", NEGATED),
        ("FH: melanoma", NEGATED),
        ("Mother with melanoma", NEGATED),
        ("melanoma in her father", NEGATED),
        ("Increased risk of melanoma", NEGATED),
        ("Screening for melanoma", NEGATED),
        ("Non-melanoma skin cancer", NOTHING),
        ("Nonmelanoma skin cancer", NOTHING),
        ("Melanoma and neural system tumor syndrome", NOTHING),
        ("Melanoma-associated retinopathy", NOTHING),
        ("Melanocytic nevus", NOTHING),
        ("Pseudomelanoma", NOTHING),
        ("Hypertension", NOTHING),
        ("", NOTHING),
        # somebody else's
        ("Dog with melanoma", NEGATED),
        ("Family dog died of melanoma", NEGATED),
        ("Canine oral melanoma", NEGATED),
        ("Melanoma in the family dog", NEGATED),
        ("Mouse melanoma model", NEGATED),
        ("Malignant melanoma animal-type (disorder)", PLAIN),
        ("CAT scan shows melanoma", PLAIN),
        ("PET/CT: melanoma of back", PLAIN),
        ("Melanoma, PET negative", PLAIN),
        ("FDG PET avid melanoma", PLAIN),
        ("Dog bite, melanoma", PLAIN),
        ("Ehemann mit Melanom", NEGATED),
        ("Hijo con melanoma", NEGATED),
        ("Boyfriend with melanoma", NEGATED),
        ("Melanoma in patient's roommate", NEGATED),
        ("Paternal side: melanoma", NEGATED),
        ("Stepfather melanoma", NEGATED),
        # no statement that there is one
        ("Genetic testing for melanoma", NEGATED),
        ("Melanoma tumor board", NOTHING),
        ("Melanoma trial participant", NOTHING),
        ("Melanoma-pancreatic cancer syndrome", NOTHING),
        ("Melanoma, cutaneous malignant, susceptibility to, 2", NOTHING),
        ("Melanoma peptide vaccine", NOTHING),
        ("Melanoma treated with a vaccine", PLAIN),
        ("Melanoma-prone family", NOTHING),
        ("Biopsy tested positive for melanoma", PLAIN),
        ("Self-reported melanoma", DOUBTED),
        ("Melanoma favored", DOUBTED),
        ("Melanoma 20 years ago", DOUBTED),
        ("Melanoma, noninvasive", DOUBTED),
        # taken back, or like one
        ("Melanoma; diagnosis withdrawn", DOUBTED),
        ("Melanoma - entered in error", DOUBTED),
        ("Wrong patient: melanoma", DOUBTED),
        ("Initially called melanoma, revised to Spitz nevus", DOUBTED),
        ("Nevus misdiagnosed as melanoma", DOUBTED),
        ("Lesion diagnosed as melanoma", PLAIN),
        ("Seborrheic keratosis resembling melanoma", DOUBTED),
        ("Mélanome à éliminer", DOUBTED),
        ("Surveillance for melanoma", DOUBTED),
        # in situ by its stage, of the eye, of the nervous system
        ("Malignant melanoma, pTis", DOUBTED),
        ("Melanoma Tis N0 M0", DOUBTED),
        ("Melanoma, Clark level I", DOUBTED),
        ("Melanoma, Clark level II", PLAIN),
        ("Stage 0 melanoma", DOUBTED),
        ("Melanoma OS", DOUBTED),
        ("Melanoma of the globe", DOUBTED),
        ("Vitreoretinal melanoma", DOUBTED),
        ("Melanoma of brain", DOUBTED),
        ("Melanoma metastatic to brain", METASTATIC),
        # metastatic
        ("Metastatic melanoma", METASTATIC),
        ("Metastatic malignant melanoma (disorder)", METASTATIC),
        ("Malignant melanoma metastatic to lung", METASTATIC),
        ("Melanoma, metastatic to brain", METASTATIC),
        ("Melanoma metastatic", METASTATIC),
        ("Stage IV melanoma", METASTATIC),
        ("Stage 4 melanoma", METASTATIC),
        ("Secondary malignant melanoma of lung", METASTATIC),
        ("Gemetastaseerd melanoom", METASTATIC),
        ("Uitgezaaid melanoom", METASTATIC),
        ("Mélanome stade IV", METASTATIC),
        ("Melanoma estadio IV", METASTATIC),
        ("Mélanome stade IV exclu", PLAIN),
        ("Mélanome stade III", PLAIN),
        ("Niet-gemetastaseerd melanoom", PLAIN),
        ("Nicht metastasiertes Melanom", PLAIN),
        ("Kein metastasiertes Melanom", DOUBTED),
        ("Second primary melanoma", PLAIN),
        ("Melanoma, metastatic colon cancer", PLAIN),
        ("Melanoma, stage IV lung cancer", PLAIN),
        ("Malignant melanoma, secondary to sun exposure", PLAIN),
        ("Melanoma, stage IV (M1c)", METASTATIC),
        ("Melanoma with brain metastases", METASTATIC),
        ("Melanoma of back with lung and liver mets", METASTATIC),
        ("Metastatic BRAF V600E mutant melanoma", METASTATIC),
        ("Unresectable or metastatic melanoma", METASTATIC),
        ("Oligometastatic melanoma", METASTATIC),
        ("Metastatic melanoma to axillary lymph nodes", METASTATIC),
        ("Metastasiertes malignes Melanom", METASTATIC),
        ("cM1c melanoma of trunk", METASTATIC),
        ("Metastatic melanoma. History of melanoma in 2015.", METASTATIC),
        ("Melanoma M 1c", METASTATIC),
        # not metastatic
        ("Malignant melanoma, left MCA M1 occlusion", PLAIN),
        ("Melanoma, M1 macrophages present", PLAIN),
        ("Melanoma, metastasis-free survival", PLAIN),
        ("Melanoma, no metastases", PLAIN),
        ("Melanoma without metastasis", PLAIN),
        ("Melanoma, negative for metastasis", PLAIN),
        ("Melanoma: negative", NEGATED),
        ("Non-metastatic melanoma", PLAIN),
        ("Melanoma, metastases: none", PLAIN),
        ("Melanoma, M0", PLAIN),
        ("Melanoma, possible lung metastases", PLAIN),
        ("Melanoma, metastatic workup negative", PLAIN),
        ("Melanoma with high risk of metastasis", PLAIN),
        ("Melanoma with positive sentinel lymph node metastasis", PLAIN),
        ("Melanoma with in-transit metastases", PLAIN),
        ("Melanoma, Clark level IV", PLAIN),
        ("Melanoma and CKD stage IV", PLAIN),
        ("Melanoma and metastatic breast cancer", PLAIN),
    ],
)
def test_a_text_names_the_disease_plainly_or_with_doubt_or_not(text, expected):
    assert codes(text) == expected


@pytest.mark.parametrize("name", ["Schwarzer Hautkrebs", "schwarzen Hautkrebs"])
def test_german_has_a_plain_word_for_melanoma(name):
    assert codes(name) == PLAIN


def test_other_cancer_of_the_skin_is_none():
    assert codes("Weißer Hautkrebs") == codes("Hautkrebs") == NOTHING


def test_one_doubted_text_makes_a_plain_one_beside_it_doubted():
    assert codes("Melanoma of skin", "Suspected melanoma") == DOUBTED


def test_what_is_done_about_it_takes_nothing_from_words_that_name_it():
    assert codes("Malignant melanoma of trunk", "Melanoma follow-up") == PLAIN
    assert codes("Suspected melanoma", "Melanoma follow-up") == DOUBTED


def test_texts_that_only_add_to_each_other_stay_plain():
    assert codes("Malignant melanoma of trunk", "Metastatic melanoma") == METASTATIC
