"""A card's Markdown on the screen: what CDS Hooks cards use, and nothing that could run."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartapp.outputs.card import plain
from smartapp.sandbox.screen.markdown import render


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("plain words", "<p>plain words</p>"),
        (
            "**strong** and *soft* and _soft_",
            "<p><strong>strong</strong> and <em>soft</em> and <em>soft</em></p>",
        ),
        ("- one\n- two", "<ul><li>one\n</li><li>two\n</li></ul>"),
        (
            "- one\n  - inner\n- two\nend",
            "<ul><li>one\n<ul><li>inner\n</li></ul></li><li>two\n</li></ul>\n<p>end</p>",
        ),
        ("`code <b>`", "<p><code>code &lt;b&gt;</code></p>"),
        (
            "[the policy](https://payer.example/p?a=1&b=2)",
            (
                '<p><a href="https://payer.example/p?a=1&amp;b=2" rel="noopener noreferrer" target="_blank">'
                "the policy</a></p>"
            ),
        ),
        (r"\*not soft\* 5 &lt; 6 &amp; more", "<p>*not soft* 5 &lt; 6 &amp; more</p>"),
        ("# no heading", "<p># no heading</p>"),
    ],
)
def test_what_cards_use_is_shown(text, html):
    shown = "\n".join(line for line in render(text).split("\n") if line)

    assert shown == html


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[click](javascript:alert(1))",
        '[click](https://x.example/"onclick="alert(1))',
        "**<b onmouseover=alert(1)>**",
        "&lt;script&gt;alert(1)&lt;/script&gt;",
        "`</code><script>`",
        "- <iframe src=//x>",
    ],
)
def test_nothing_of_the_source_becomes_an_element(text):
    html = render(text)

    for tag in (
        "<script",
        "<img",
        "<b",
        "<iframe",
        'javascript:alert(1)"',
        'onclick="',
        "onmouseover=alert(1)>",
    ):
        assert tag not in html.replace("&lt;", "[")


@given(st.text(alphabet=st.sampled_from("ab*_`[]()<>&\\- \n!#:/\"'"), max_size=60))
def test_lists_and_marks_always_close(text):
    html = render(text)

    for tag in ("ul", "li", "p", "strong", "em", "code"):
        assert html.count(f"<{tag}>") == html.count(f"</{tag}>")


@given(st.text(alphabet=st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=40))
def test_what_a_chart_says_reads_as_it_was_written(text):
    words = " ".join(text.split())

    if words:
        assert render(f"x {plain(text)}").striptags().replace("\xa0", " ").split() == f"x {words}".split()
