/** What a model accepts for an option, and the check of a value. */
import { AppError } from '../lib/errors.ts';
import { type OptionName, optionNames, type optionTable, type Scene } from '../providers/provider.ts';

interface IntegerSpec {
  type: 'integer';
  min: number;
  max: number;
  /** Used where the request has no value; absent where the provider chooses. */
  default?: number;
}

interface EnumSpec {
  type: 'enum';
  values: readonly string[];
  default?: string;
}

/** The values of an option of a catalogue model; those of an enum may depend on the scene. */
interface SceneEnumSpec extends Omit<EnumSpec, 'default'> {
  default?: string | Readonly<Partial<Record<Scene, string>>>;
  /** The only scene in which a value is accepted. */
  onlyIn?: Readonly<Record<string, Scene>>;
}

/** The options of a model. An option that is not there is refused. */
export type ModelOptions = {
  readonly [Name in OptionName]?: {
    integer: IntegerSpec;
    enum: SceneEnumSpec;
  }[(typeof optionTable)[Name]['type']];
};

/** An option of a model in one scene. */
export type ModelOption = { name: OptionName } & (IntegerSpec | EnumSpec);

/** A further input of a model, by the provider's own name. */
export type ProviderOption = (IntegerSpec | EnumSpec | { type: 'boolean' }) & { description: string };

/** The options of the model in that scene, in the order of `optionTable`. */
export function optionsIn({ options }: { options: ModelOptions }, scene: Scene): ModelOption[] {
  return optionNames.flatMap((name): ModelOption[] => {
    const spec = options[name];
    if (spec?.type !== 'enum') return spec ? [{ name, ...spec }] : [];
    const { values, default: chosen, onlyIn = {} } = spec;
    const value = typeof chosen === 'object' ? chosen[scene] : chosen;
    return [
      {
        name,
        type: 'enum',
        values: values.filter((each) => (onlyIn[each] ?? scene) === scene),
        ...(value !== undefined && { default: value }),
      },
    ];
  });
}

/** @throws {AppError} INVALID_INPUT at `field` where the model does not accept the value */
export function checkValue(
  spec: ModelOption | ProviderOption,
  value: unknown,
  { label, name, field }: { label: string; name: string; field: string },
): void {
  if (!accepts(spec, value))
    throw new AppError('INVALID_INPUT', `For ${label}, ${name} is ${inWords(spec)}.`, field);
}

function accepts(spec: ModelOption | ProviderOption, value: unknown): boolean {
  if (spec.type === 'boolean') return typeof value === 'boolean';
  if (spec.type === 'enum') return typeof value === 'string' && spec.values.includes(value);
  return Number.isInteger(value) && (value as number) >= spec.min && (value as number) <= spec.max;
}

function inWords(spec: ModelOption | ProviderOption): string {
  if (spec.type === 'boolean') return 'true or false';
  if (spec.type === 'enum') return `one of ${spec.values.join(', ')}`;
  return `a whole number from ${spec.min} to ${spec.max}`;
}
