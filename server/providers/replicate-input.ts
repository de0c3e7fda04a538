/** How Replicate's models spell a request: one literal a model. Unknown keys and values are refused with 422. */
import type { GenerationRequest } from './provider.ts';

/** `undefined` values are left out of the JSON. */
export type ReplicateInput = Record<string, unknown>;

type InputBuilder = (request: GenerationRequest, referenceUrls: readonly string[]) => ReplicateInput;

const builders: Readonly<Record<string, InputBuilder>> = {
  'black-forest-labs/flux-schnell': ({ prompt, options, providerOptions }) => ({
    ...providerOptions,
    prompt,
    aspect_ratio: options.aspectRatio,
    num_outputs: options.count,
    output_format: options.outputFormat,
    megapixels: options.resolution,
    seed: options.seed,
  }),

  'google/nano-banana': ({ prompt, options, providerOptions }, referenceUrls) => ({
    ...providerOptions,
    prompt,
    image_input: whereAny(referenceUrls),
    aspect_ratio: options.aspectRatio,
    output_format: options.outputFormat,
  }),

  // `max_images` is a ceiling: the model may make fewer.
  'bytedance/seedream-4': ({ prompt, options, providerOptions }, referenceUrls) => ({
    ...providerOptions,
    prompt,
    image_input: whereAny(referenceUrls),
    size: options.resolution,
    aspect_ratio: options.aspectRatio,
    sequential_image_generation: options.count > 1 ? 'auto' : 'disabled',
    max_images: options.count > 1 ? options.count : undefined,
  }),
};

/** The names that most image models there share; only what was asked for is sent. */
const commonInput: InputBuilder = ({ prompt, options, providerOptions }, referenceUrls) => ({
  ...providerOptions,
  prompt,
  image_input: whereAny(referenceUrls),
  aspect_ratio: options.aspectRatio,
  num_outputs: options.count > 1 ? options.count : undefined,
  output_format: options.outputFormat,
  seed: options.seed,
});

/** The `input` of a prediction; `referenceUrls` are the references' addresses, in the order of the request. */
export function replicateInput(request: GenerationRequest, referenceUrls: readonly string[]): ReplicateInput {
  const build = Object.hasOwn(builders, request.model) ? builders[request.model] : undefined;
  return (build ?? commonInput)(request, referenceUrls);
}

function whereAny(urls: readonly string[]): readonly string[] | undefined {
  return urls.length > 0 ? urls : undefined;
}
