"""What the practice EHR answers to machines: FHIR, authorization, control. Its pages are in screen/."""
