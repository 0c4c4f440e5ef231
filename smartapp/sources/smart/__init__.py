"""SMART App Launch 2.2 up to the token; what comes after it is read in sources/ehr.

discovery       what the authorization server says about itself
scopes          what to ask for, and what was granted
authorization   where to send the browser, and what to remember until it comes back
clients         how the app proves itself: public, symmetric, asymmetric
tokens          code -> token, refresh token -> token, revocation
identity        the id_token, verified
access          a launch's token, renewed once when it is refused
network         every request of these: one host list, no redirects, little time, few bytes
gateway         the steps in their order
"""
