"""FHIR in: a file, a hook's prefetch, an EHR; the only modules that speak HTTP to others."""
