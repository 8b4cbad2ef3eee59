import type { z } from "zod";
import type { experimentDetail, resultsOfItem } from "../../services/api/evaluations/schemas.ts";
import { type Tenant, until } from "./stack.ts";

export type Experiment = z.output<typeof experimentDetail>;
export type ItemResults = z.output<typeof resultsOfItem>;

let made = 0;

async function create(tenant: Tenant, path: string, body: object): Promise<string> {
  const answer = await tenant.call("POST", path, { name: `evaluated-${(made += 1)}`, ...body });
  if (answer.status !== 201) throw new Error(`${path}: ${JSON.stringify(answer.body)}`);
  return answer.body.id as string;
}

/** Stores a dataset with items; its id. */
export async function newDataset(tenant: Tenant, items: readonly object[]): Promise<string> {
  const dataset = await create(tenant, "/datasets", {});
  for (let from = 0; from < items.length; from += 500) {
    const { status, body } = await tenant.call("POST", `/datasets/${dataset}/items`, {
      items: items.slice(from, from + 500),
    });
    if (status !== 201) throw new Error(`items: ${JSON.stringify(body)}`);
  }
  return dataset;
}

/** Items whose variable 'text' is a text, which is expected too. */
export const itemsOf = (...texts: readonly string[]): object[] =>
  texts.map((text) => ({ variables: { text }, expected: text }));

export const newEvaluator = (tenant: Tenant, definition: object): Promise<string> =>
  create(tenant, "/evaluators", { definition });

/** Creates an experiment; its id. */
export const newExperiment = (
  tenant: Tenant,
  input: { datasetId: string; evaluatorIds: readonly string[]; candidates: readonly object[]; timeoutSeconds?: number },
): Promise<string> => create(tenant, "/experiments", input);

export const readExperiment = async (tenant: Tenant, id: string): Promise<Experiment> =>
  (await tenant.call<Experiment>("GET", `/experiments/${id}`)).body;

/** An experiment, once it has ended. */
export const endOf = (tenant: Tenant, id: string): Promise<Experiment> =>
  until(
    "the experiment to end",
    async () => {
      const experiment = await readExperiment(tenant, id);
      return experiment.state === "running" ? undefined : experiment;
    },
    120,
  );

export const readItems = async (tenant: Tenant, id: string, query = ""): Promise<ItemResults[]> =>
  (await tenant.call<{ items: ItemResults[] }>("GET", `/experiments/${id}/items${query}`)).body.items;
