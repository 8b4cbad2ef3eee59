import { z } from "zod";
import { modelsByName } from "../../shared/models/by-name.ts";
import type { Api } from "../api.ts";
import { cancelExperiment, createExperiment, listExperiments, readExperiment } from "../evaluations/experiments.ts";
import { readItemResults, summarize } from "../evaluations/results.ts";
import * as schemas from "../evaluations/schemas.ts";
import { byId, page } from "../schemas.ts";

const tags = ["experiments"];

/** Experiments, which execute candidates on the items of a dataset, and score the outputs. */
export function addExperimentRoutes(api: Api): void {
  addCreation(api);
  addReading(api);
  addResults(api);
  addCancel(api);
}

function addCreation({ addRoute, database, settings }: Api): void {
  const modelOf = modelsByName(settings);

  addRoute({
    method: "POST",
    url: "/experiments",
    audit: "experiment.create",
    access: "evaluations:write",
    schema: {
      ...{ operationId: "createExperiment", tags, body: schemas.experimentInput },
      summary: "Create an experiment, which runs on the current items of the dataset",
      response: { 201: schemas.experiment },
    },
    handler: async ({ caller: { tenant }, body, audit }, reply) => {
      const experiment = await database.asTenant(tenant, async (client) => {
        const created = await createExperiment(client, body, { tenant, modelOf });
        await audit.record(client, { object: created.id });
        return created;
      });
      return reply.code(201).send(experiment);
    },
  });
}

function addReading({ addRoute, database }: Api): void {
  addRoute({
    method: "GET",
    url: "/experiments",
    access: "evaluations:read",
    schema: {
      ...{ operationId: "listExperiments", tags, summary: "List experiments, newest first" },
      querystring: page,
      response: { 200: z.object({ experiments: z.array(schemas.experiment) }) },
    },
    handler: async ({ caller, query }) => ({
      experiments: await database.asTenant(caller.tenant, (client) => listExperiments(client, query)),
    }),
  });

  addRoute({
    method: "GET",
    url: "/experiments/:id",
    access: "evaluations:read",
    schema: {
      ...{ operationId: "readExperiment", tags, params: byId },
      summary: "Read an experiment with the figures of its candidates",
      response: { 200: schemas.experimentDetail },
    },
    handler: ({ caller, params: { id } }) =>
      database.asTenant(caller.tenant, async (client) => {
        const experiment = await readExperiment(client, id);
        return { ...experiment, ...(await summarize(client, experiment)) };
      }),
  });
}

function addResults({ addRoute, database }: Api): void {
  addRoute({
    method: "GET",
    url: "/experiments/:id/items",
    access: "evaluations:read",
    schema: {
      ...{ operationId: "readExperimentItems", tags, params: byId, querystring: schemas.resultPage },
      summary: "Read the items of an experiment with the outputs and scores of all candidates",
      response: { 200: z.object({ items: z.array(schemas.resultsOfItem) }) },
    },
    handler: async ({ caller, params: { id }, query }) => ({
      items: await database.asTenant(caller.tenant, async (client) =>
        readItemResults(client, await readExperiment(client, id), query),
      ),
    }),
  });
}

function addCancel({ addRoute, database, broadcast }: Api): void {
  addRoute({
    method: "POST",
    url: "/experiments/:id/cancel",
    audit: "experiment.cancel",
    access: "evaluations:write",
    schema: {
      ...{ operationId: "cancelExperiment", tags, params: byId },
      summary: "Cancel a running experiment, and its executions",
      response: { 200: schemas.experiment },
    },
    handler: async ({ caller, params: { id }, audit }) => {
      const { executions, experiment } = await database.asTenant(caller.tenant, async (client) => {
        const cancelled = await cancelExperiment(client, id);
        await audit.record(client, { object: id });
        return { executions: cancelled, experiment: await readExperiment(client, id) };
      });
      broadcast.publish(executions);
      return experiment;
    },
  });
}
