import type { Price } from "../../../platform/model-schema.ts";
import type { Usage } from "./usage.ts";

const MILLION = 1_000_000n;

/**
 * What a model charges for tokens, in whole millionths of a USD, rounded up. USD per million tokens are millionths of a USD per token;
 * prices have at most six decimal places, so they are whole numbers here.
 */
export function costOf({ input, output }: Price, { promptTokens = 0, completionTokens = 0 }: Usage): number {
  const millionths = (price: number): bigint => BigInt(Math.round(price * 1e6));
  const sum = millionths(input) * BigInt(promptTokens) + millionths(output) * BigInt(completionTokens);
  return Number((sum + MILLION - 1n) / MILLION);
}
