"""HTTP in and out: CDS Hooks, health, the launch page; errors become answers in problems."""
