"""Figures for support leads: daily counts, the digest, exports."""
