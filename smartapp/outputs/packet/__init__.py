"""The packet: one PDF for the payer with verdict, criteria and evidence, therapy history, answers and signature."""

from smartapp.outputs.packet.document import pdf

__all__ = ["pdf"]
