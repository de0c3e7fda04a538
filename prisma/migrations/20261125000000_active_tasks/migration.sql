-- How many of the user's tasks are unfinished now, not when the statement began: a statement that waited for the user's
-- row counts what was accepted meanwhile. Only a VOLATILE function reads with a snapshot of its own.
CREATE FUNCTION "activeTasks"("of" text) RETURNS bigint LANGUAGE sql VOLATILE AS $$
    SELECT count(*) FROM "Task" WHERE "userId" = "of" AND "status" IN ('PENDING', 'PROCESSING');
$$;
