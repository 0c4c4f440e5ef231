"""Prior-authorization assistant: an order in, an explained answer and a pre-filled form out.

The flow, and where each step lives:

    a way in      web/hooks, __main__        a CDS Hooks call, a file, an open FHIR server
    FHIR in       sources/                   -> facts.Facts: one patient's resources, and what could not be read
    dialects      normalize/                 what EHRs send -> what the criteria ask for, on a marked copy
    the policy    policies/, cql/            which order belongs to which policy; its CQL, value sets, wording
    deciding      elm/ through flow.determine -> determination.Determination
    a way out     outputs/                   card, questionnaire, text, JSON
"""
