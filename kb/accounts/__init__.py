"""Who works on the help center: local accounts, sessions, and roles from an identity provider."""
