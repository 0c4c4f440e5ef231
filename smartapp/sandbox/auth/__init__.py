"""The SMART authorization server of the practice EHR, made with authlib's server side."""
