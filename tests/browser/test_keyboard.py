"""The page without a mouse: every control is reached, seen, and enough to finish the work."""

from browser.answering import verdict
from browser.watch import OPEN_ALL

SKIP_LINK = "Skip"
# Of the control that has the focus: its name, and what is wrong with how it shows.
LOOK = """() => {
  const at = document.activeElement, box = at.getBoundingClientRect(), style = getComputedStyle(at);
  const wrong = [];
  if (style.outlineStyle === 'none' && style.boxShadow === 'none') wrong.push('no outline');
  if (box.bottom > 0 && box.width > 0) {
    const middle = [box.left + Math.min(box.width, 20) / 2, box.top + Math.min(box.height, 20) / 2];
    const seen = document.elementFromPoint(...middle);
    const ours = [at, at.labels?.[0]].some(part => part && (part.contains(seen) || seen?.contains(part)));
    if (seen && !ours) wrong.push('under ' + seen.outerHTML.slice(0, 80));
  } else wrong.push('off the screen');
  const order = [...document.querySelectorAll('*')].indexOf(at);
  const text = (at.textContent || at.value || '').trim().slice(0, 40);
  return {tag: at.tagName, name: at.name || '', text, order, wrong};
}"""


# Every control that can be seen and used, in the order of the page; of radio buttons of one name the chosen one.
CONTROLS = """() => {
  const all = [...document.querySelectorAll('*')];
  return all.filter(e => e.matches('a[href], button, input:not([type=hidden]), select, textarea, summary'))
    .filter(e => !e.disabled && e.checkVisibility({visibilityProperty: true}))
    .filter(e => e.type !== 'radio' || e.checked)
    .map(e => all.indexOf(e));
}"""


def stops(page, most=400):
    """Every control that Tab comes to, in turn, until it leaves the page."""
    found = []
    for _ in range(most):
        page.keyboard.press("Tab")
        at = page.evaluate(LOOK)
        if at["tag"] == "BODY":
            break
        found.append(at)
    return found


def go_to(page, name, *, value=""):
    """Tab until a control of this name (and value) has the focus."""
    for _ in range(400):
        page.keyboard.press("Tab")
        at = page.evaluate("[document.activeElement.name, document.activeElement.value]")
        if at[0] == name and value in ("", at[1]):
            return
    raise AssertionError(f"Tab never comes to {name}")


def test_every_control_is_reached_in_order_and_seen(review):
    page = review("lanternby").page
    page.evaluate(OPEN_ALL)
    controls = page.evaluate(CONTROLS)
    found = stops(page)
    orders = [at["order"] for at in found]
    assert found[0]["text"].startswith(SKIP_LINK)
    assert len(found) > 60
    assert orders == controls == sorted(orders)
    assert [at for at in found if at["wrong"]] == []


def test_the_form_is_answered_saved_and_signed_without_a_mouse(review):
    page = review("everthorne").page
    go_to(page, "product")
    page.keyboard.type("Lif")
    go_to(page, "brafi.received")
    page.keyboard.press("ArrowDown")
    go_to(page, "do", value="save")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    page.locator(".form-count", has_text="Draft saved").wait_for()
    go_to(page, "attest.statement", value="true")
    page.keyboard.press("Space")
    go_to(page, "attest.name")
    page.keyboard.type("Rowan Halewick")
    go_to(page, "attest.date")
    page.keyboard.type("2026-11-24")
    go_to(page, "do", value="sign")
    page.keyboard.press("Enter")
    page.get_by_text("is in the chart: QuestionnaireResponse/").wait_for()
    assert verdict(page) == "Published criteria look met"
