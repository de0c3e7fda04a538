/** The catalogue together with what this installation knows of it. */
import { LRUCache } from 'lru-cache';
import {
  type CatalogueModel,
  catalogue,
  findModel,
  type ProviderName,
  providerNames,
  providerTable,
  unknownModel,
} from './catalogue.ts';

export interface Provider {
  /** A `ProviderName`, or another word where a task names a provider that this version does not know. */
  name: string;
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
  /** Default: the catalogue. */
  known?: readonly CatalogueModel[];
}

const freshMs = 60_000;

export function createModelService({ sandboxed, medianDurationMs, known = catalogue }: Dependencies) {
  /** 0 where there are too few runs. */
  const medians = new LRUCache<string, number>({
    max: 100,
    ttl: freshMs,
    fetchMethod: async (name) => (await medianDurationMs(name)) ?? 0,
  });
  const labels = new Map<string, string>(providerNames.map((name) => [name, providerTable[name].label]));
  const isEmulated = new Map<string, boolean>(Object.entries(sandboxed));
  const offered = known.filter((model) => !model.retired && isEmulated.has(model.provider));

  /** The provider of that name, whether it is set up, known, or neither: tasks outlive both. */
  const provider = (name: string): Provider => ({
    name,
    label: labels.get(name) ?? name,
    sandbox: isEmulated.get(name) ?? false,
  });

  return {
    provider,

    /** The models that requests may name: not retired, and with a provider that is set up. */
    models: (): readonly CatalogueModel[] => offered,

    /** The model of that name, retired ones included. */
    find: (name: string): CatalogueModel | undefined => known.find((model) => model.name === name),

    /** The model that a task was made with, whatever has become of it. */
    ofTask: (task: { model: string; provider: string }): CatalogueModel =>
      findModel(task.model, known) ?? unknownModel(task.model, task.provider),

    providers: (): Provider[] => [...labels.keys()].filter((name) => isEmulated.has(name)).map(provider),

    /**
     * How long a request to the model usually takes here; read at most once a minute. The published figure where there
     * are too few runs, or the runs cannot be read: an estimate must not refuse a request.
     */
    async typicalDurationMs(model: CatalogueModel): Promise<number> {
      const median = await medians.fetch(model.name).catch(() => 0);
      return median !== undefined && median >= 1 ? median : model.publishedDurationMs;
    },
  };
}
