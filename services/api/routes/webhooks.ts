import { z } from "zod";
import { SEALING_KEYS } from "../../shared/models/contract.ts";
import { SealingKeys } from "../../shared/models/sealed-keys.ts";
import type { Api } from "../api.ts";
import * as schemas from "../schemas.ts";
import { listDeliveries, readDelivery, resend, testWebhook } from "../webhook-deliveries.ts";
import {
  byDelivery,
  delivery,
  deliveryDetail,
  deliveryQuery,
  newWebhook,
  webhook,
  webhookChanges,
  webhookWithSecret,
} from "../webhook-schema.ts";
import {
  changeWebhook,
  createWebhook,
  deleteWebhook,
  listWebhooks,
  OVERLAP_HOURS,
  readWebhook,
  rotateSecret,
} from "../webhooks.ts";

const tags = ["webhooks"];
const params = schemas.byId;

/** Where a tenant is told of events, and what was sent there. */
export function addWebhookRoutes(api: Api): void {
  addReading(api);
  addChanging(api);
  addSecrets(api);
  addDeliveries(api);
  addSending(api);
}

function addReading({ addRoute, database }: Api): void {
  addRoute({
    method: "GET",
    url: "/webhooks",
    access: "webhooks:read",
    schema: {
      ...{ operationId: "listWebhooks", tags, summary: "List the tenant's webhooks, newest first" },
      response: { 200: z.object({ webhooks: z.array(webhook) }) },
    },
    handler: async ({ caller }) => ({ webhooks: await database.asTenant(caller.tenant, listWebhooks) }),
  });

  addRoute({
    method: "GET",
    url: "/webhooks/:id",
    access: "webhooks:read",
    schema: { ...{ operationId: "readWebhook", tags, summary: "Read a webhook", params }, response: { 200: webhook } },
    handler: ({ caller, params: { id } }) => database.asTenant(caller.tenant, (client) => readWebhook(client, id)),
  });
}

function addChanging({ addRoute, database }: Api): void {
  addRoute({
    method: "PATCH",
    url: "/webhooks/:id",
    audit: "webhook.update",
    access: "webhooks:write",
    schema: {
      ...{ operationId: "changeWebhook", tags, params, body: webhookChanges, response: { 200: webhook } },
      summary: "Change, disable or enable a webhook",
    },
    handler: ({ caller, params: { id }, body, audit }) =>
      database.asTenant(caller.tenant, async (client) => {
        const changed = await changeWebhook(client, id, body);
        await audit.record(client, { object: id, details: { fields: Object.keys(body) } });
        return changed;
      }),
  });

  addRoute({
    method: "DELETE",
    url: "/webhooks/:id",
    audit: "webhook.delete",
    access: "webhooks:write",
    schema: {
      ...{ operationId: "deleteWebhook", tags, params, response: { 204: z.undefined() } },
      summary: "Delete a webhook; deliveries that wait are not sent",
    },
    handler: async ({ caller, params: { id }, audit }, reply) => {
      await database.asTenant(caller.tenant, async (client) => {
        await deleteWebhook(client, id);
        await audit.record(client, { object: id });
      });
      return reply.code(204).send();
    },
  });
}

function addSecrets({ addRoute, database, settings }: Api): void {
  const keys = new SealingKeys(() => settings.secret(SEALING_KEYS));

  addRoute({
    method: "POST",
    url: "/webhooks",
    audit: "webhook.create",
    access: "webhooks:write",
    schema: {
      ...{ operationId: "createWebhook", tags, body: newWebhook, response: { 201: webhookWithSecret } },
      summary: "Create a webhook with the secret that signs what it is sent",
    },
    handler: async ({ caller: { tenant }, body, audit }, reply) => {
      const created = await database.asTenant(tenant, async (client) => {
        const stored = await createWebhook(client, body, { tenant, keys });
        await audit.record(client, { object: stored.webhook.id });
        return stored;
      });
      return reply.code(201).header("cache-control", "no-store").send(created);
    },
  });

  addRoute({
    method: "POST",
    url: "/webhooks/:id/rotate-secret",
    audit: "webhook.rotate_secret",
    access: "webhooks:write",
    schema: {
      ...{ operationId: "rotateWebhookSecret", tags, params, response: { 200: webhookWithSecret } },
      summary: `Give a webhook a new secret; the previous one also signs for ${OVERLAP_HOURS} hours`,
    },
    handler: async ({ caller: { tenant }, params: { id }, audit }, reply) => {
      const rotated = await database.asTenant(tenant, async (client) => {
        const stored = await rotateSecret(client, id, { tenant, keys });
        await audit.record(client, { object: id });
        return stored;
      });
      return reply.header("cache-control", "no-store").send(rotated);
    },
  });
}

function addDeliveries({ addRoute, database }: Api): void {
  addRoute({
    method: "GET",
    url: "/webhooks/:id/deliveries",
    access: "webhooks:read",
    schema: {
      ...{ operationId: "listWebhookDeliveries", tags, params, querystring: deliveryQuery },
      summary: "List the deliveries of the last 30 days, newest first",
      response: { 200: z.object({ deliveries: z.array(delivery) }) },
    },
    handler: async ({ caller, params: { id }, query }) => ({
      deliveries: await database.asTenant(caller.tenant, (client) => listDeliveries(client, id, query)),
    }),
  });

  addRoute({
    method: "GET",
    url: "/webhooks/:id/deliveries/:delivery",
    access: "webhooks:read",
    schema: {
      ...{ operationId: "readWebhookDelivery", tags, params: byDelivery, response: { 200: deliveryDetail } },
      summary: "Read a delivery with its attempts",
    },
    handler: ({ caller, params: key }) => database.asTenant(caller.tenant, (client) => readDelivery(client, key)),
  });
}

function addSending({ addRoute, database }: Api): void {
  addRoute({
    method: "POST",
    url: "/webhooks/:id/test",
    audit: "webhook.test",
    access: "webhooks:write",
    schema: {
      ...{ operationId: "testWebhook", tags, params, response: { 201: deliveryDetail } },
      summary: "Send a webhook the event 'webhook.test'",
    },
    handler: async ({ caller, params: { id }, audit }, reply) => {
      const created = await database.asTenant(caller.tenant, async (client) => {
        const sent = await testWebhook(client, id);
        await audit.record(client, { object: id });
        return sent;
      });
      return reply.code(201).send(created);
    },
  });

  addRoute({
    method: "POST",
    url: "/webhooks/:id/deliveries/:delivery/resend",
    audit: "webhook.resend",
    access: "webhooks:write",
    schema: {
      ...{ operationId: "resendWebhook", tags, params: byDelivery, response: { 200: deliveryDetail } },
      summary: "Send an event again, with the same id; failed attempts are retried as at first",
    },
    handler: ({ caller, params: key, audit }) =>
      database.asTenant(caller.tenant, async (client) => {
        const sent = await resend(client, key);
        await audit.record(client, { object: key.id });
        return sent;
      }),
  });
}
