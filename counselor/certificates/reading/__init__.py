"""Reading a certificate PDF: its text, in a process of its own, and from the text a proposal to confirm."""

from .pdf import Text, kept_text, text_of
from .proposal import Proposal, Proposed, propose

__all__ = ["Proposal", "Proposed", "Text", "kept_text", "propose", "text_of"]
