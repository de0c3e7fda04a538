-- Dropping a foreign key locks both tables. They are locked in the order of the statements that move credits, so that
-- none of them and this wait for each other.
LOCK TABLE "User" IN ACCESS EXCLUSIVE MODE;

-- DropForeignKey
ALTER TABLE "CreditEntry" DROP CONSTRAINT "CreditEntry_userId_fkey";

-- Written by hand from here on: what schema.prisma cannot say.

-- Entries outlive their user. Until now the deletion of a user took them along.
CREATE OR REPLACE FUNCTION "CreditEntry_refuse_change"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'CreditEntry is append-only: % is refused', TG_OP;
END;
$$;

-- In place of the foreign key, for new entries.
CREATE OR REPLACE FUNCTION "CreditEntry_set_number"() RETURNS trigger LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    PERFORM FROM "User" WHERE "id" = NEW."userId" FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'CreditEntry names a user that does not exist' USING ERRCODE = 'foreign_key_violation';
    END IF;
    SELECT coalesce(max("number"), 0) + 1 INTO NEW."number" FROM "CreditEntry" WHERE "userId" = NEW."userId";
    RETURN NEW;
END;
$$;
