-- Written by hand: what schema.prisma cannot say. A migration of its own, as each locks one table that nodes write.

-- Not validated: the constraint before was stricter, so every existing entry obeys, and none has to be read. As text,
-- because a transaction, such as that of a check of all migrations, cannot use the enum value that it has added.
ALTER TABLE "CreditEntry"
    DROP CONSTRAINT "CreditEntry_amount_check",
    ADD CONSTRAINT "CreditEntry_amount_check"
        CHECK (CASE WHEN "kind"::text IN ('CHARGE', 'ADJUSTMENT') THEN "amount" < 0 ELSE "amount" > 0 END) NOT VALID;
