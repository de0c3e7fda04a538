/** The catalogue together with what this installation knows of it. */
import { type CatalogueModel, catalogue, type ProviderName, providerLabels } from './catalogue.ts';

export interface Provider {
  name: ProviderName;
  label: string;
  /** Requests go to the built-in emulator. */
  sandbox: boolean;
}

export type ModelService = ReturnType<typeof createModelService>;

interface Dependencies {
  /** The providers that are set up, and whether each is emulated. */
  sandboxed: Readonly<Partial<Record<ProviderName, boolean>>>;
  /** The model's median run time here; null until there are enough runs. */
  medianDurationMs: (model: string) => Promise<number | null>;
}

const freshMs = 60_000;

export function createModelService({ sandboxed, medianDurationMs }: Dependencies) {
  const known = new Map<string, { value: Promise<number>; atMs: number }>();
  const offered = catalogue.filter((model) => sandboxed[model.provider] !== undefined);

  return {
    /** The provider of that name, whether it is set up or not: tasks outlive its key. */
    provider: (name: ProviderName): Provider => ({
      name,
      label: providerLabels[name],
      sandbox: sandboxed[name] ?? false,
    }),

    /** The models whose provider is set up. */
    models: (): readonly CatalogueModel[] => offered,

    providers: (): Provider[] =>
      (Object.keys(providerLabels) as ProviderName[]).flatMap((name) => {
        const sandbox = sandboxed[name];
        return sandbox === undefined ? [] : [{ name, label: providerLabels[name], sandbox }];
      }),

    /** How long a request to the model usually takes here; read at most once a minute. */
    async typicalDurationMs(model: CatalogueModel): Promise<number> {
      const before = known.get(model.name);
      if (before && Date.now() - before.atMs < freshMs) return before.value;
      const value = medianDurationMs(model.name).then((median) => median ?? model.publishedDurationMs);
      known.set(model.name, { value, atMs: Date.now() });
      value.catch(() => known.delete(model.name));
      return value;
    },
  };
}
