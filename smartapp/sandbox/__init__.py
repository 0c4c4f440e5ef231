"""An embedded practice EHR: invented patients, a FHIR R4 store, a SMART authorization server, a screen.

running.running(...)   it behind a port of this machine, for tests and the demonstration
ehr.create_ehr         it as a WSGI application
practice.Practice      what it holds: records, apps, tokens, faults
fhir/                  read, search, write, who may see what
auth/                  SMART App Launch with authlib's server side
routes/                what it answers to machines: FHIR, authorization, control
screen/                what people see: charts, orders, cards, launches
faults, traffic        misbehaviour on demand; what apps asked for
payer                  a practice payer: prior-authorization requests, approved, pended, denied
stories, patients/     the patients, and what the policy should say about each
behind, seeding        the same patients on another FHIR test server
"""

from smartapp.sandbox.auth.clients import Client
from smartapp.sandbox.faults import Fault
from smartapp.sandbox.running import Running, running

__all__ = ["Client", "Fault", "Running", "running"]
