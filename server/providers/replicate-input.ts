/** How Replicate's models spell a request. They refuse unknown fields and values with 422. */
import type { GenerationOptions, GenerationRequest, OptionName } from './provider.ts';

/** `undefined` values are left out of the JSON. */
export type ReplicateInput = Record<string, unknown>;

interface InputRules {
  /** The field of each option that is sent. */
  fields: Readonly<Partial<Record<OptionName, string>>>;
  /** Fields that replace those, where a value is not sent as it is. */
  adapt?: (options: GenerationOptions) => ReplicateInput;
}

const inputRules: Readonly<Record<string, InputRules>> = {
  'black-forest-labs/flux-schnell': {
    fields: {
      count: 'num_outputs',
      aspectRatio: 'aspect_ratio',
      resolution: 'megapixels',
      outputFormat: 'output_format',
      seed: 'seed',
    },
  },

  'google/nano-banana': { fields: { aspectRatio: 'aspect_ratio', outputFormat: 'output_format' } },

  // `max_images` is a ceiling: the model may make fewer.
  'bytedance/seedream-4': {
    fields: { count: 'max_images', aspectRatio: 'aspect_ratio', resolution: 'size' },
    adapt: ({ count }) =>
      count > 1
        ? { sequential_image_generation: 'auto' }
        : { sequential_image_generation: 'disabled', max_images: undefined },
  },
};

/** The names that most image models there share; only what was asked for is sent. */
const commonRules: InputRules = {
  fields: {
    count: 'num_outputs',
    aspectRatio: 'aspect_ratio',
    outputFormat: 'output_format',
    seed: 'seed',
  },
  adapt: ({ count }) => (count > 1 ? {} : { num_outputs: undefined }),
};

function rulesOf(model: string): InputRules {
  return (Object.hasOwn(inputRules, model) ? inputRules[model] : undefined) ?? commonRules;
}

/** The field of each option that is sent to that model. */
export function replicateFields(model: string): InputRules['fields'] {
  return rulesOf(model).fields;
}

/** The `input` of a prediction; `referenceUrls` are the references' addresses, in the order of the request. */
export function replicateInput(
  { model, prompt, options, providerOptions }: GenerationRequest,
  referenceUrls: readonly string[],
): ReplicateInput {
  const { fields, adapt } = rulesOf(model);
  const names = Object.keys(fields) as OptionName[];
  return {
    ...providerOptions,
    ...Object.fromEntries(names.map((name) => [fields[name], options[name]])),
    ...adapt?.(options),
    prompt,
    image_input: referenceUrls.length > 0 ? referenceUrls : undefined,
  };
}
