"""FHIR in: a file, a hook's prefetch, an EHR; the only modules that speak HTTP to others.

from a file      bundle, entries, parse     a Bundle -> resources, and what it says was not given
from a hook      prefetch                   what was sent, and what is fetched because it was not
from a launch    chart                      one patient's Facts from the server that launched the app
                 launched                   which order the launch is about
                 patients                   the picker of open test servers
                 smart/                     SMART App Launch up to the token
reading          plan, queries              what to ask, by what the server offers and the launch was granted
                 ehr, search                many questions side by side, all their pages
                 exchange, guard, access    one question: in time, repeated politely, below one base, with a token
                 record, owners             a whole record, of one patient only
writing          writing, written           a document into the EHR, once
words            refusals, conformance      what was not given, what is not as FHIR has it
"""
