"""Sign-in of those who work on the help center: local accounts, sessions, and roles from an identity provider."""
