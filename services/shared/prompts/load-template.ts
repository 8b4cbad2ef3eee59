import type { ClientBase } from "pg";
import type { PromptTemplate } from "./prompt-call.ts";

/** Loads a version of a prompt, in a transaction of its tenant or as a worker. Throws if it does not exist: versions are never deleted alone. */
export async function loadTemplate(
  client: Pick<ClientBase, "query">,
  { promptId, version }: { readonly promptId: string; readonly version: number },
): Promise<PromptTemplate> {
  const { rows } = await client.query<PromptTemplate>({
    name: "load-template",
    text: "SELECT model, messages, variables, parameters, guardrails FROM prompt_versions WHERE prompt_id = $1 AND version = $2",
    values: [promptId, version],
  });
  if (!rows[0]) throw new Error("A prompt's version does not exist.");
  return rows[0];
}
