/**
 * Models that the platform can run on its own GPUs. Sizes from each one's config.json and model card, recorded 2026-11-22; bfloat16
 * takes 2 bytes a parameter, and the cache 2 (key and value) x layers x key-value heads x head size x 2 bytes a token.
 */
export interface Model {
  /** Its repository at https://huggingface.co, and its name in requests. */
  readonly name: string;
  /** Milliards of parameters. */
  readonly parameters: number;
  /** Bytes of GPU memory that one token of context takes. */
  readonly cacheBytesPerToken: number;
}

const BYTES = 2;
const cacheBytes = (layers: number, keyValueHeads: number, headSize: number): number =>
  2 * layers * keyValueHeads * headSize * BYTES;

export const models: readonly Model[] = [
  { name: "Qwen/Qwen2.5-1.5B-Instruct", parameters: 1.54, cacheBytesPerToken: cacheBytes(28, 2, 128) },
  { name: "Qwen/Qwen2.5-7B-Instruct", parameters: 7.62, cacheBytesPerToken: cacheBytes(28, 4, 128) },
  { name: "mistralai/Mistral-7B-Instruct-v0.3", parameters: 7.25, cacheBytesPerToken: cacheBytes(32, 8, 128) },
  { name: "Qwen/Qwen2.5-32B-Instruct", parameters: 32.5, cacheBytesPerToken: cacheBytes(64, 8, 128) },
];

export function weightsGiB({ parameters }: Model): number {
  return (parameters * 1e9 * BYTES) / 2 ** 30;
}
