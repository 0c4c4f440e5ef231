"""The policies of a folder such as cql/: which order belongs to which policy, and how each is worded and decided."""

from smartapp.policies.catalog import Catalog, load_catalog
from smartapp.policies.orders import OrderMatch, Product
from smartapp.policies.policy import Ask, CriterionText, NoticeText, OutcomeRule, Policy

__all__ = [
    "Ask",
    "Catalog",
    "CriterionText",
    "NoticeText",
    "OrderMatch",
    "OutcomeRule",
    "Policy",
    "Product",
    "load_catalog",
]
