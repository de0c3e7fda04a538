/** The extensions of a result whose operation counted. */
import { expect } from 'vitest';

export const extensions = {
  cost: {
    requested: expect.any(Number) as number,
    limit: expect.any(Number) as number,
    remaining: expect.any(Number) as number,
    resetAt: expect.stringMatching(/^\d{4}-.+Z$/) as string,
  },
};
