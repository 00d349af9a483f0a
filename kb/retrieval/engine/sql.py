"""The statements for PostgreSQL with pgvector; names of schemas and tables are put in as identifiers."""

from __future__ import annotations

from typing import Final, LiteralString

from psycopg.sql import SQL, Composed, Identifier, Literal

FORMAT: Final = 1
"""Increase it when the tables change their meaning."""
LEAST_PGVECTOR: Final = (0, 7)
"""The first that stores vectors of 16 bits."""
LONGEST_IN_ROW: Final = 4000
"""Numbers of the longest vector of 16 bits that fits into a page with its row, and into an HNSW index."""
MOST_NEAREST: Final = 1000
"""The most that pgvector's ``hnsw.ef_search`` takes."""


def table_name(version: str) -> str:
    """Return the name of a version's table."""
    return f"rows_{version.replace('-', '_')}"


def of(template: LiteralString, schema: str, version: str = "", dim: int = 0) -> Composed:
    """Return a statement with the schema, and the table of a version.

    :param template: Has ``{schema}``, and ``{rows}`` for the table.
    :param schema: The schema's name.
    :param version: The version's name, if the statement is about its table.
    :param dim: The length of its vectors, where the statement has ``{dim}``.
    :return: Ready to be executed.
    """
    rows = Identifier(schema, table_name(version))
    return SQL(template).format(schema=Identifier(schema), rows=rows, dim=Literal(dim))


EXTENSION: Final = "SELECT extversion FROM pg_extension WHERE extname = 'vector'"
SCHEMA_EXISTS: Final = "SELECT to_regnamespace(%s) IS NOT NULL"
MAKE_SCHEMA: Final = "CREATE SCHEMA {schema}"
MAKE_TABLES: Final = (
    """CREATE TABLE IF NOT EXISTS {schema}.versions (
        name text PRIMARY KEY, digest text NOT NULL, n_rows integer NOT NULL, dim integer NOT NULL,
        format integer NOT NULL, pushed bigint GENERATED ALWAYS AS IDENTITY, pushed_at timestamptz DEFAULT now())""",
    """CREATE TABLE IF NOT EXISTS {schema}.current (
        one boolean PRIMARY KEY DEFAULT true CHECK (one), version text NOT NULL REFERENCES {schema}.versions)""",
)
HAS_SCHEMA: Final = "SELECT to_regclass(%s) IS NOT NULL"
NEWEST_FORMAT: Final = "SELECT coalesce(max(format), 0) FROM {schema}.versions"

# ------------------------------------------------------------------------------------------------ publishing

# One publisher at a time in a schema; the lock ends with its connection.
LOCK: Final = "SELECT pg_advisory_lock(hashtext('kb vector engine'), hashtext(%s))"
DROP_ROWS: Final = "DROP TABLE IF EXISTS {rows}"
MAKE_ROWS: Final = (
    "CREATE TABLE {rows} (unit integer NOT NULL, article integer NOT NULL, vector halfvec({dim}) NOT NULL)"
)
# A vector of more than 2 kB would be moved out of its row, and every scan would fetch it from there.
STORE_IN_ROWS: Final = "ALTER TABLE {rows} ALTER COLUMN vector SET STORAGE PLAIN"
COPY: Final = "COPY {rows} (unit, article, vector) FROM STDIN (FORMAT binary)"
INDEX_UNITS: Final = "ALTER TABLE {rows} ADD PRIMARY KEY (unit)"
INDEX_ARTICLES: Final = "CREATE INDEX ON {rows} (article)"
INDEX_VECTORS: Final = "CREATE INDEX ON {rows} USING hnsw (vector halfvec_ip_ops)"
ANALYZE: Final = "ANALYZE {rows}"
MEASURE: Final = """
    SELECT coalesce(sum(n), 0)::int, coalesce(max(last), -1) + 1, coalesce(max(dim), 0),
           encode(sha256(coalesce(string_agg(digest, ''::bytea ORDER BY block), ''::bytea)), 'hex')
    FROM (SELECT unit / 4096 AS block, count(*) AS n, max(unit) AS last, max(vector_dims(vector)) AS dim,
                 sha256(string_agg(int4send(article) || halfvec_send(vector), ''::bytea ORDER BY unit)) AS digest
          FROM {rows} GROUP BY unit / 4096) AS blocks"""
RECORD: Final = "INSERT INTO {schema}.versions (name, digest, n_rows, dim, format) VALUES (%s, %s, %s, %s, %s)"
FORGET: Final = "DELETE FROM {schema}.versions WHERE name = %s"
SWITCH: Final = (
    "INSERT INTO {schema}.current (version) VALUES (%s) ON CONFLICT (one) DO UPDATE SET version = excluded.version"
)
OLD: Final = """
    SELECT name FROM {schema}.versions WHERE name NOT IN (SELECT version FROM {schema}.current)
    ORDER BY pushed DESC OFFSET %s"""

# --------------------------------------------------------------------------------------------------- serving

RECORDED: Final = "SELECT digest, n_rows, dim, format FROM {schema}.versions WHERE name = %s"
CURRENT: Final = "SELECT version FROM {schema}.current"
VERSIONS: Final = "SELECT name, n_rows, dim, pushed_at FROM {schema}.versions ORDER BY pushed DESC"
BEST_OF_ALL: Final = """
    SELECT coalesce(string_agg(int4send(article), ''::bytea ORDER BY article), ''::bytea),
           coalesce(string_agg(float4send(best), ''::bytea ORDER BY article), ''::bytea)
    FROM (SELECT article, (-min(vector <#> %(query)s::halfvec))::float4 AS best
          FROM {rows} GROUP BY article) AS found"""
# The nearest rows, exactly or by the HNSW index, only nominate: what counts are all rows of their articles.
BEST_OF_NOMINATED: Final = """
    WITH nearest AS MATERIALIZED (
        SELECT article FROM {rows} ORDER BY vector <#> %(query)s::halfvec LIMIT %(nearest)s),
    wanted AS MATERIALIZED (SELECT article FROM nearest UNION SELECT unnest(%(nominated)s::int[]))
    SELECT coalesce(string_agg(int4send(article), ''::bytea ORDER BY article), ''::bytea),
           coalesce(string_agg(float4send(best), ''::bytea ORDER BY article), ''::bytea)
    FROM (SELECT article, (-min(vector <#> %(query)s::halfvec))::float4 AS best
          FROM {rows} WHERE article = ANY (ARRAY(SELECT article FROM wanted)) GROUP BY article) AS found"""
OF_UNITS: Final = """
    SELECT coalesce(string_agg(float4send((-(vector <#> %(query)s::halfvec))::float4), ''::bytea ORDER BY unit),
                    ''::bytea)
    FROM {rows} WHERE article = ANY (%(articles)s::int[])"""
