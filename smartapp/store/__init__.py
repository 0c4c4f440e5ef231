"""What is remembered, behind one database URL: SQLite, or PostgreSQL.

    service.Store      opens the database when it is first needed; cards and feedback, never patient data
    vault.Vault        JSON values for sessions, launches, reviews: encrypted, expiring
    audit.Audit        what was done with a review, by whom and when: lines are added, never changed
    guard.Guard        each token once, so many calls a minute; atomic for all workers
    launches.Launch    what a launch brought: who, whose record, and the right to read it
    leads.Lead         what the link of a card leads to, by its opaque appContext
    sealing.Seal       encryption with keys that can be rotated

SQLAlchemy and cryptography are imported where they are used, for they take longer to load than all the rest.
"""

from smartapp.store.audit import Audit, AuditLine
from smartapp.store.cards import Card, Feedback
from smartapp.store.launches import Launch
from smartapp.store.leads import Lead
from smartapp.store.service import Store
from smartapp.store.vault import Vault

__all__ = ["Audit", "AuditLine", "Card", "Feedback", "Launch", "Lead", "Store", "Vault"]
