"""The vectors of an index in PostgreSQL with pgvector: publishing a version there, and asking it while serving."""
