"""The page of one review as plain data: what a template shows, worded, ordered and linked; it knows no HTTP."""

from smartapp.outputs.page.build import evidence_page, page, rule_page
from smartapp.outputs.page.progress import progress
from smartapp.outputs.page.sitting import Sitting
from smartapp.outputs.page.view import EvidencePage, Page, RulePage

__all__ = ["EvidencePage", "Page", "RulePage", "Sitting", "evidence_page", "page", "progress", "rule_page"]
