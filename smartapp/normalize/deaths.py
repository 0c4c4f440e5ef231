"""Whether a Patient is deceased, where the record names a death and gives no value that can be read."""

from smartapp.normalize.coding import Json

LEFT_OPEN = "https://smartapp.example/fhir/StructureDefinition/deceased-left-open"
_NAMES = ("deceasedBoolean", "deceasedDateTime")


def marked(sent: Json, patient: Json) -> Json:
    """The Patient, marked where what was sent says neither deceased nor alive: only why there is no value."""
    if patient.get("deceasedBoolean") is True or "deceasedDateTime" in patient:
        return patient
    if not any(name not in patient and _is_named(sent, name) for name in _NAMES):
        return patient
    extensions = patient.get("extension", ())
    if any(extension["url"] == LEFT_OPEN for extension in extensions):
        return patient
    return {**patient, "extension": [*extensions, {"url": LEFT_OPEN, "valueBoolean": True}]}


def valued(patient: Json) -> Json:
    """The Patient without what only stands in the place of a value: engines differ in whether it is one."""
    gone = {f"_{name}" for name in _NAMES if name not in patient} & patient.keys()
    return {name: value for name, value in patient.items() if name not in gone} if gone else patient


def _is_named(sent: Json, name: str) -> bool:
    return sent.get(name) not in (None, "") or bool(sent.get(f"_{name}"))
