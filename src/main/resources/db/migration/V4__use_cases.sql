-- A search by use case finds what the header says and what the message says. They agree as a rule:
-- only records in which they do not are in exchange_message_use_case.
-- exchange_organisation_use_case is exchange_organisation with the use case at its end, where it
-- costs next to nothing and tells without a look at the record whether it is of that use case.
--
-- Building them on a large day would keep its records out meanwhile. So they are built here on the
-- days ahead and, going back, on as many days as hold 64 MB together; every later day has them from
-- the start. audit.message_use_case_since() says from when on a search may rely on the first. For
-- the days without the second exchange_organisation stays, where there are any.
DO $$
DECLARE
  room      bigint := 64 * 1024 * 1024;
  since     date   := '-infinity';
  partition record;
  wanted    record;
BEGIN
  CREATE INDEX exchange_message_use_case ON ONLY audit.exchange (message_use_case, day, id)
    WHERE message_use_case <> coalesce(use_case, '');
  CREATE INDEX exchange_organisation_use_case
    ON ONLY audit.exchange (end_user_organisation, day, id, use_case)
    WHERE end_user_organisation IS NOT NULL;
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
    FOR wanted IN
      VALUES
        ('message_use_case',
         '(message_use_case, day, id) WHERE message_use_case <> coalesce(use_case, '''')'),
        ('organisation_use_case',
         '(end_user_organisation, day, id, use_case) WHERE end_user_organisation IS NOT NULL')
    LOOP
      EXECUTE format('CREATE INDEX %I ON audit.%I ',
        partition.name || '_' || wanted.column1, partition.name) || wanted.column2;
      EXECUTE format('ALTER INDEX audit.%I ATTACH PARTITION audit.%I',
        'exchange_' || wanted.column1, partition.name || '_' || wanted.column1);
    END LOOP;
  END LOOP;
  IF since = '-infinity' THEN
    DROP INDEX audit.exchange_organisation;
  END IF;
  -- Immutable, so that a search leaves older days out while it is planned.
  EXECUTE format(
    'CREATE FUNCTION audit.message_use_case_since() RETURNS date LANGUAGE sql IMMUTABLE'
    ' AS %L', format('SELECT DATE %L', since));
END
$$;
