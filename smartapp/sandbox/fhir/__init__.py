"""The FHIR R4 store of the practice EHR: records, search, writing, and who may see what."""
