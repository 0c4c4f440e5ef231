"""The EHR's screen: patients, charts, orders with their CDS Hooks cards, launches. Server-rendered, no script."""
