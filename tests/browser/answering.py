"""Filling in the form as a person does."""


def choose(page, name, value):
    """Choose an answer to a question that lists them."""
    page.locator(f'input[name="{name}"][value="{value}"]').check()


def attest(page):
    """The attestation that signing asks for."""
    page.locator('input[type=checkbox][name="attest.statement"]').check()
    page.fill('[name="attest.name"]', "Rowan Halewick")
    page.fill('[name="attest.date"]', "2026-11-24")


def save(page):
    with page.expect_navigation():
        page.get_by_role("button", name="Save draft").click()


def sign(page):
    with page.expect_navigation():
        page.get_by_role("button", name="Sign and write").click()


def verdict(page):
    """The outcome in words, as the page says it first."""
    return page.locator("#result h2").inner_text().strip()
