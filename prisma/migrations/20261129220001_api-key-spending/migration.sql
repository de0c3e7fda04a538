-- AlterTable
ALTER TABLE "CreditEntry" ADD COLUMN     "apiKeyId" TEXT;

-- Written by hand from here on: what schema.prisma cannot say.

-- A trigger, so that every refund is counted, whichever statement or older node writes its entry. The user's row is locked
-- before the key's. A charge beyond the key's limit violates a CHECK, and one of a key that was revoked meanwhile raises
-- no_data_found: either undoes its whole statement.
CREATE FUNCTION "CreditEntry_count_spending"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW."kind" = 'CHARGE' THEN
        UPDATE "ApiKey" SET "creditsSpent" = "creditsSpent" - NEW."amount" WHERE "id" = NEW."apiKeyId";
        IF NOT FOUND THEN
            RAISE EXCEPTION 'The API key has been revoked.' USING ERRCODE = 'no_data_found';
        END IF;
    ELSE
        UPDATE "ApiKey" SET "creditsSpent" = "creditsSpent" - NEW."amount" FROM "CreditEntry" "charge"
            WHERE "charge"."taskId" = NEW."taskId" AND "charge"."kind" = 'CHARGE' AND "ApiKey"."id" = "charge"."apiKeyId";
    END IF;
    RETURN NULL;
END;
$$;

CREATE TRIGGER "CreditEntry_count_spending"
    AFTER INSERT ON "CreditEntry"
    FOR EACH ROW WHEN (NEW."apiKeyId" IS NOT NULL OR NEW."kind" = 'REFUND')
    EXECUTE FUNCTION "CreditEntry_count_spending"();
