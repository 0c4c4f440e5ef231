"""The page of one review as plain data: what a template shows, worded, ordered and linked; it knows no HTTP."""

from smartapp.outputs.page.build import page, rule_page
from smartapp.outputs.page.progress import progress
from smartapp.outputs.page.view import Page, RulePage, Sitting

__all__ = ["Page", "RulePage", "Sitting", "page", "progress", "rule_page"]
