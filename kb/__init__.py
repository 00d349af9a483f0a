"""A self-service billing help center: the right article and paragraph, or an honest hand-over."""

from __future__ import annotations

__version__ = "0.1.0"
__all__ = ["__version__"]
