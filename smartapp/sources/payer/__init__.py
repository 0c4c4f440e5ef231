"""A payer over HTTP: requests go out, answers are read.

access      access tokens of SMART Backend Services, by a signed assertion
exchange    Claim/$submit and Claim/$inquire: sent once, or why not
answer      what a payer says in a ClaimResponse
"""
