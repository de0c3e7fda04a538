/** Finds what a share link shows. */
import { readRows } from '../database/read-rows.ts';
import { type Image, Prisma, type PrismaClient } from '../generated/prisma/client.ts';
import { createBatchedLookup } from '../lib/batched-lookup.ts';

export type SharedImage = Pick<
  Image,
  'position' | 'storageKey' | 'thumbnailKey' | 'contentType' | 'width' | 'height'
>;

/** What the page of a link shows, and nothing else of its owner. */
export interface SharedPage {
  token: string;
  model: string;
  provider: string;
  /** Null where the link does not include it. */
  prompt: string | null;
  madeAt: Date;
  /** At least one. */
  images: SharedImage[];
}

/**
 * The page of a token, read at each request, so that a link that is revoked on one node ends on all. Null for every reason
 * not to show it: there is no such link, its owner is disabled or goes, or there is no image any more.
 */
export function createSharedPageLookup({ prisma }: { prisma: PrismaClient }) {
  return createBatchedLookup(async (tokens) => {
    const pages = await readRows<SharedPage>(
      prisma,
      Prisma.sql`
      SELECT "token", "model", "provider", CASE WHEN "includesPrompt" THEN "prompt" END AS "prompt",
        coalesce("completedAt", "Task"."createdAt") AS "madeAt", (
          SELECT coalesce(jsonb_agg(jsonb_build_object(
            'position', "position", 'storageKey', "storageKey", 'thumbnailKey', "thumbnailKey",
            'contentType', "contentType", 'width', "width", 'height', "height") ORDER BY "position"), '[]')
          FROM "Image"
          WHERE "Image"."taskId" = "Task"."id" AND ("imageId" IS NULL OR "imageId" = "Image"."id")
        ) AS "images"
      FROM "ShareLink" JOIN "User" ON "User"."id" = "ShareLink"."userId" JOIN "Task" ON "Task"."id" = "taskId"
      WHERE "token" = ANY(${tokens}::text[]) AND "disabledAt" IS NULL AND "deletingAt" IS NULL AND "status" = 'SUCCESS'`,
    );
    return new Map(pages.filter(({ images }) => images.length > 0).map((page) => [page.token, page]));
  });
}
