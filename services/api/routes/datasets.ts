import { z } from "zod";
import type { Api } from "../api.ts";
import { addItems, createDataset, listDatasets, listItems, readDataset, removeItem } from "../evaluations/datasets.ts";
import * as schemas from "../evaluations/schemas.ts";
import { byId } from "../schemas.ts";

const tags = ["datasets"];

/** Datasets, and the items that experiments run prompts on. */
export function addDatasetRoutes(api: Api): void {
  addDatasets(api);
  addItemReading(api);
  addItemWriting(api);
}

function addDatasets({ addRoute, database }: Api): void {
  addRoute({
    method: "POST",
    url: "/datasets",
    audit: "dataset.create",
    access: "evaluations:write",
    schema: {
      ...{ operationId: "createDataset", tags, summary: "Create a dataset without items" },
      body: schemas.datasetInput,
      response: { 201: schemas.dataset },
    },
    handler: async ({ caller, body: { name }, audit }, reply) => {
      const dataset = await database.asTenant(caller.tenant, async (client) => {
        const created = await createDataset(client, name);
        await audit.record(client, { object: created.id });
        return created;
      });
      return reply.code(201).send(dataset);
    },
  });

  addRoute({
    method: "GET",
    url: "/datasets",
    access: "evaluations:read",
    schema: {
      ...{ operationId: "listDatasets", tags, summary: "List the datasets, sorted by name" },
      response: { 200: z.object({ datasets: z.array(schemas.dataset) }) },
    },
    handler: async ({ caller }) => ({ datasets: await database.asTenant(caller.tenant, listDatasets) }),
  });

  addRoute({
    method: "GET",
    url: "/datasets/:id",
    access: "evaluations:read",
    schema: {
      ...{ operationId: "readDataset", tags, summary: "Read a dataset", params: byId },
      response: { 200: schemas.dataset },
    },
    handler: ({ caller, params: { id } }) => database.asTenant(caller.tenant, (client) => readDataset(client, id)),
  });
}

function addItemReading({ addRoute, database }: Api): void {
  addRoute({
    method: "GET",
    url: "/datasets/:id/items",
    access: "evaluations:read",
    schema: {
      ...{ operationId: "listItems", tags, summary: "List the items of a dataset by their numbers" },
      ...{ params: byId, querystring: schemas.itemPage },
      response: { 200: z.object({ items: z.array(schemas.item) }) },
    },
    handler: async ({ caller, params: { id }, query }) => ({
      items: await database.asTenant(caller.tenant, (client) => listItems(client, id, query)),
    }),
  });
}

function addItemWriting({ addRoute, database }: Api): void {
  addRoute({
    method: "POST",
    url: "/datasets/:id/items",
    audit: "dataset.add_items",
    access: "evaluations:write",
    ndjson: "items",
    schema: {
      ...{ operationId: "addItems", tags, params: byId, body: schemas.itemsInput },
      summary: `Add up to ${schemas.MAX_ITEMS_AT_ONCE} items to a dataset, all or none; as application/x-ndjson, one item per line`,
      response: { 201: z.object({ firstItem: z.int(), items: z.int() }) },
    },
    handler: async ({ caller, params: { id }, body: { items }, audit }, reply) => {
      const firstItem = await database.asTenant(caller.tenant, async (client) => {
        const first = await addItems(client, id, items);
        await audit.record(client, { object: id, details: { items: items.length } });
        return first;
      });
      return reply.code(201).send({ firstItem, items: items.length });
    },
  });

  addRoute({
    method: "DELETE",
    url: "/datasets/:id/items/:item",
    audit: "dataset.remove_item",
    access: "evaluations:write",
    schema: {
      ...{ operationId: "removeItem", tags, params: schemas.byItem },
      summary: "Remove an item from a dataset. Results of experiments keep it",
      response: { 204: z.undefined() },
    },
    handler: async ({ caller, params: { id, item }, audit }, reply) => {
      await database.asTenant(caller.tenant, async (client) => {
        await removeItem(client, id, item);
        await audit.record(client, { object: id, details: { item } });
      });
      return reply.code(204).send();
    },
  });
}
