import { createImporter } from '../../server/images/importer.ts';
import { AppError } from '../../server/lib/errors.ts';
import { createGuardedFetch, type Dialled, type DialledAnswer } from '../../server/lib/guarded-fetch.ts';
import { createNameResolver, inwardAddresses } from './inward-addresses.ts';

/** An image service that stores nothing: what is added is what was read. */
export const unstored = { add: ((read: () => Promise<Uint8Array>) => read()) as never };

/**
 * Imports every address that is to be refused, each with names that nothing has resolved before.
 * @param dial Default: connections of this machine.
 * @returns by message, the addresses that were refused with it; under `imported` those that were not
 */
export async function importInwardAddresses(
  dial?: (request: Dialled) => Promise<DialledAnswer>,
): Promise<Record<string, string[]>> {
  const outcomes: Record<string, string[]> = {};
  for (const address of inwardAddresses) {
    const fetch = createGuardedFetch({
      allowsHttp: true,
      resolve: createNameResolver(),
      ...(dial && { dial }),
    });
    const importer = createImporter({ images: unstored, fetch, maxUploadBytes: 1_000 });
    const outcome = await importer.importFrom(address, { userId: 'u' }).then(
      () => 'imported',
      (error: unknown) =>
        error instanceof AppError ? `${error.code} ${error.field}: ${error.message}` : String(error),
    );
    (outcomes[outcome] ??= []).push(address);
  }
  return outcomes;
}
