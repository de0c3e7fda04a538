-- Written by hand from here on. Existing accounts got their welcome credits, or were created while there were none: they
-- have 0, and accounts that an earlier version creates have NULL. A default that is dropped again rewrites no row.
ALTER TABLE "User" ADD COLUMN     "welcomeDue" INTEGER DEFAULT 0;
ALTER TABLE "User" ALTER COLUMN "welcomeDue" DROP DEFAULT;
