"""The name of a person as it is said."""

from smartapp.facts import Resource


def name_of(person: Resource) -> str:
    """The prefix, given and family names of a Patient or Practitioner, or the text of the name."""
    name = person.get("name", [{}])[0]
    parts = [*name.get("prefix", ()), *name.get("given", ()), name.get("family", "")]
    return " ".join(filter(None, parts)) or str(name.get("text", ""))
