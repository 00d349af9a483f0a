#!/bin/sh
# Makes the database 'help' and two roles in a new PostgreSQL, as the image's first start or an administrator runs it:
#   kb_owner   owns the database and its tables; nobody signs in with it
#   kb_serve   what 'kb serve' and 'kb build' sign in with; acts as kb_owner, since the program upgrades its tables itself
# Needs psql, the connection in PG* variables or POSTGRES_USER, and KB_DATABASE_PASSWORD for kb_serve. It may run again.
set -eu
: "${KB_DATABASE_PASSWORD:?set the password of the role kb_serve}"
export PGUSER="${PGUSER:-${POSTGRES_USER:-postgres}}"

# The password goes in by a variable that psql quotes itself, never as text of a statement.
psql --set ON_ERROR_STOP=1 --dbname postgres --quiet <<'SQL'
\getenv password KB_DATABASE_PASSWORD
SELECT 'CREATE ROLE kb_owner NOLOGIN' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'kb_owner') \gexec
SELECT 'CREATE ROLE kb_serve LOGIN' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'kb_serve') \gexec
SELECT 'CREATE DATABASE help OWNER kb_owner ENCODING ''UTF8'' TEMPLATE template0'
  WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'help') \gexec
SET password_encryption = 'scram-sha-256';
ALTER ROLE kb_serve PASSWORD :'password' CONNECTION LIMIT 100;
GRANT kb_owner TO kb_serve;
-- What kb_serve makes belongs to kb_owner, so that a second such role, for a change of passwords, can go on with it.
ALTER ROLE kb_serve IN DATABASE help SET role = 'kb_owner';
REVOKE ALL ON DATABASE help FROM PUBLIC;
GRANT CONNECT ON DATABASE help TO kb_serve;
SQL
psql --set ON_ERROR_STOP=1 --dbname help --quiet <<'SQL'
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT ALL ON SCHEMA public TO kb_owner;
SQL
