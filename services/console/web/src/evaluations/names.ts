import { api, read } from "../api/client.ts";
import type { Dataset, Evaluator, Prompt } from "../api/openapi.d.ts";

/** Prompts whose names are shown; older ones are shown by id. */
const NAMED = 100;

/** What experiments are made of. */
export interface Parts {
  readonly datasets: readonly Dataset[];
  readonly evaluators: readonly Evaluator[];
  readonly prompts: readonly Prompt[];
}

export async function readParts(signal: AbortSignal): Promise<Parts> {
  const [{ datasets }, { evaluators }, { prompts }] = await Promise.all([
    read(api.GET("/datasets", { signal })),
    read(api.GET("/evaluators", { signal })),
    read(api.GET("/prompts", { params: { query: { limit: NAMED } }, signal })),
  ]);
  return { datasets, evaluators, prompts };
}

/** The name of one of several, or the start of its id if it is not among them. */
export const nameOf = (id: string, among: readonly { readonly id: string; readonly name: string }[]): string =>
  among.find((each) => each.id === id)?.name ?? id.slice(0, 8);
