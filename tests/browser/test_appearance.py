"""The checks that a page must pass in every state, width and theme."""

import pytest
from browser.answering import attest, choose, sign
from browser.watch import OPEN_ALL

PATIENTS = ["quillmere", "lanternby", "pellwick"]


@pytest.mark.parametrize("patient", PATIENTS)
def test_no_rule_of_accessibility_is_broken(review, patient):
    watched = review(patient)
    watched.page.evaluate(OPEN_ALL)
    assert watched.faults() == {}


SMALL = """() => [...document.querySelectorAll('a, button, input:not([type=hidden]), select, textarea, summary')]
  .filter(e => e.checkVisibility({visibilityProperty: true}))
  .filter(e => !(e.matches('a') && getComputedStyle(e).display === 'inline'))
  .map(e => [e.closest('label') || e, e]).map(([box, e]) => [box.getBoundingClientRect(), e])
  .filter(([box]) => box.bottom > 0 && (box.width < 24 || box.height < 24))
  .map(([box, e]) => `${Math.round(box.width)}x${Math.round(box.height)} ${e.outerHTML.slice(0, 120)}`)"""
# WCAG 2.2, success criterion 1.4.12
SPACED = """() => { const sheet = new CSSStyleSheet();
  sheet.replaceSync(`* { line-height: 1.5 !important; letter-spacing: 0.12em !important;
    word-spacing: 0.16em !important } p { margin-bottom: 2em !important }`);
  document.adoptedStyleSheets = [sheet]; }"""


@pytest.mark.parametrize("width", [1280, 400])
def test_what_can_be_pressed_is_large_enough(review, width):
    assert review("lanternby", width=width).page.evaluate(SMALL) == []


def test_wide_spacing_of_text_needs_no_sideways_scrolling(review):
    watched = review("lanternby", width=640)
    watched.page.evaluate(SPACED)
    assert watched.overflow() == 0


@pytest.mark.parametrize("width", [1280, 320])
def test_a_refused_signature_is_accessible_and_shows_the_first_gap(review, width):
    watched = review("wrenfallow", width=width)
    sign(watched.page)
    watched.page.evaluate(OPEN_ALL)
    focused = watched.page.evaluate("document.activeElement.className")
    assert (watched.faults(), focused) == ({}, "error-summary")


def test_a_signed_review_is_accessible(review):
    watched = review("pellwick")
    page = watched.page
    page.fill('[name="product"]', "Lifileucel (Amtagvi)")
    choose(page, "unresectable", "true")
    page.fill('[name="unresectable.why"]', "Encases the femoral vessels")
    choose(page, "metastatic", "false")
    attest(page)
    sign(page)
    page.evaluate(OPEN_ALL)
    assert "Signed by" in page.inner_text("#packet")
    assert watched.faults() == {}


def test_the_rule_behind_a_criterion_is_a_page_as_accessible(review):
    watched = review("lanternby", width=400)
    watched.page.goto(f"{watched.page.url}/rules/braf")
    assert (watched.accessibility(), watched.errors, watched.overflow()) == ([], [], 0)


@pytest.mark.parametrize(
    "path",
    [
        "/launch.html",
        "/launch.html?iss=https%3A%2F%2Fehr.example%2Ffhir&launch=x",
        "/callback",
        "/reviews/nothing",
    ],
)
def test_a_page_that_says_no_is_accessible(open_page, stand, path):
    watched = open_page()
    watched.page.goto(stand.app + path)
    watched.errors.clear()  # that the page was answered with 4xx
    assert watched.faults() == {}


def test_the_judge_of_accessibility_is_awake(open_page):
    watched = open_page()
    watched.page.set_content("<html lang=en><title>x</title><main><h1>x</h1><img src=x></main></html>")
    assert [found.split(":")[0] for found in watched.accessibility()] == ["image-alt"]
    assert {where for where in watched.faults() if "light" in where} == {
        "1280 light",
        "400 light",
        "320 light",
    }
