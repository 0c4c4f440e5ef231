"""Ways out: a determination as a card, a pre-filled form, text or JSON; plain data, no HTTP."""
