-- A search by use case finds what the header says and what the message says. They agree as a rule:
-- only records in which they do not are in this index.
--
-- Building it on a large day would keep its records out meanwhile. So it is built here on the days
-- ahead and, going back, on as many days as hold 64 MB together; every later day has it from the
-- start. audit.message_use_case_since() says from when on a search may rely on it.
DO $$
DECLARE
  room      bigint := 64 * 1024 * 1024;
  since     date   := '-infinity';
  partition record;
BEGIN
  CREATE INDEX exchange_message_use_case ON ONLY audit.exchange (message_use_case, day, id)
    WHERE message_use_case <> coalesce(use_case, '');
  FOR partition IN
    SELECT c.oid, c.relname AS name, to_date(substr(c.relname, 10), 'YYYYMMDD') AS day
    FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
    WHERE i.inhparent = 'audit.exchange'::regclass AND c.relname ~ '^exchange_[0-9]{8}$'
    ORDER BY c.relname DESC
  LOOP
    room := room - pg_table_size(partition.oid);
    IF room < 0 THEN
      since := partition.day + 1;
      EXIT;
    END IF;
    EXECUTE format(
      'CREATE INDEX %I ON audit.%I (message_use_case, day, id)'
      ' WHERE message_use_case <> coalesce(use_case, '''')',
      partition.name || '_message_use_case', partition.name);
    EXECUTE format(
      'ALTER INDEX audit.exchange_message_use_case ATTACH PARTITION audit.%I',
      partition.name || '_message_use_case');
  END LOOP;
  -- Immutable, so that a search leaves older days out while it is planned.
  EXECUTE format(
    'CREATE FUNCTION audit.message_use_case_since() RETURNS date LANGUAGE sql IMMUTABLE'
    ' AS %L', format('SELECT DATE %L', since));
END
$$;
