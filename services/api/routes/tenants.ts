import { z } from "zod";
import type { Api } from "../api.ts";
import type { Audit } from "../audit/request-audit.ts";
import type { Operator } from "../caller.ts";
import { ApiError, InvalidRequest } from "../errors.ts";
import { asOperator, OPERATOR } from "../operators.ts";
import * as schemas from "../schemas.ts";
import { operatorLimits, setLimits } from "../tenant-limits.ts";
import {
  addTenant,
  readTenant,
  requestErasure,
  resumeTenant,
  SELECT_TENANTS,
  suspendTenant,
  tenant,
} from "../tenants.ts";
import type { Tenant } from "../tenants.ts";
import { invite } from "../users.ts";

/** Tenants, as the platform's operators administer them. */
export function addTenantRoutes(api: Api): void {
  addReading(api);
  addCreation(api);
  addStates(api);
}

function addReading({ addRoute, database }: Api): void {
  addRoute({
    method: "GET",
    url: "/admin/tenants",
    access: OPERATOR,
    schema: {
      operationId: "listTenants",
      tags: ["tenants"],
      summary: "List tenants, newest first, or the tenant with a name",
      querystring: schemas.page.extend({ name: schemas.tenantName.optional() }),
      response: { 200: z.object({ tenants: z.array(tenant) }) },
    },
    handler: async ({ operator, query: { limit, before, name } }) => {
      const { rows } = await asOperator(database, operator, (client) =>
        client.query<Tenant>(
          `${SELECT_TENANTS}
          WHERE ($2::uuid IS NULL OR (created_at, tenants.id) < (SELECT created_at, id FROM tenants WHERE id = $2))
            AND ($3::text IS NULL OR name = $3)
          ORDER BY created_at DESC, tenants.id DESC LIMIT $1`,
          [limit, before ?? null, name ?? null],
        ),
      );
      return { tenants: rows };
    },
  });

  addRoute({
    method: "GET",
    url: "/admin/tenants/:id",
    access: OPERATOR,
    schema: {
      operationId: "readTenant",
      tags: ["tenants"],
      summary: "Read a tenant, its state and its limits",
      params: schemas.byId,
      response: { 200: tenant },
    },
    handler: ({ operator, params: { id } }) => asOperator(database, operator, (client) => readTenant(client, id)),
  });
}

function addCreation({ addRoute, database }: Api): void {
  addRoute({
    method: "POST",
    url: "/admin/tenants",
    audit: "tenant.create",
    access: OPERATOR,
    schema: {
      operationId: "createTenant",
      tags: ["tenants"],
      summary: "Create a tenant and its first API key, which has all scopes",
      body: z
        .strictObject({ name: schemas.tenantName, ownerEmail: schemas.email.optional() })
        .meta({ id: "NewTenant", examples: [{ name: "acme", ownerEmail: "ada@example.com" }] }),
      response: {
        201: z.object({
          tenant,
          apiKey: z.string().describe("The API key. Shown only once: only its hash is stored."),
          invitation: z
            .string()
            .nullable()
            .describe("The owner's invitation, if 'ownerEmail' was given. Shown only once."),
        }),
      },
    },
    handler: async ({ operator, body: { name, ownerEmail }, audit }, reply) => {
      const created = await asOperator(database, operator, async (client) => {
        const { id, apiKey } = await addTenant(client, name);
        await audit.record(client, { tenant: id, object: id });
        const owner = { email: ownerEmail ?? "", role: "owner", tenant: id } as const;
        const invitation = ownerEmail === undefined ? null : (await invite(client, owner, audit)).invitation;
        return { tenant: await readTenant(client, id), apiKey, invitation };
      });
      return reply.code(201).header("cache-control", "no-store").send(created);
    },
  });
}

function addStates({ addRoute, database }: Api): void {
  addRoute({
    method: "PATCH",
    url: "/admin/tenants/:id/limits",
    audit: "tenant.limit",
    access: OPERATOR,
    schema: {
      operationId: "setTenantLimits",
      tags: ["tenants"],
      summary: "Set a tenant's limits. Absent limits are unchanged; null removes a limit",
      params: schemas.byId,
      body: operatorLimits,
      response: { 200: tenant },
    },
    handler: ({ operator, params: { id }, body, audit }) =>
      asOperator(database, operator, async (client) => {
        if (!(await setLimits(client, id, body))) throw new ApiError("not_found");
        await audit.record(client, { tenant: id, object: id, details: { fields: Object.keys(body) } });
        return readTenant(client, id);
      }),
  });

  const changes = { suspend: suspendTenant, resume: resumeTenant };
  const summaries = {
    suspend: "Suspend a tenant: its credentials are refused, and its executions are not started",
    resume: "Resume a suspended tenant",
  };
  for (const name of ["suspend", "resume"] as const) {
    addRoute({
      method: "POST",
      url: `/admin/tenants/:id/${name}`,
      audit: `tenant.${name}`,
      access: OPERATOR,
      schema: {
        operationId: `${name}Tenant`,
        tags: ["tenants"],
        summary: summaries[name],
        params: schemas.byId,
        response: { 200: tenant },
      },
      handler: ({ operator, params: { id }, audit }) =>
        asOperator(database, operator, async (client) => {
          const changed = await changes[name](client, id);
          await audit.record(client, { tenant: id, object: id });
          return changed;
        }),
    });
  }

  addRoute({
    method: "POST",
    url: "/admin/tenants/:id/erase",
    audit: "tenant.erase",
    access: OPERATOR,
    schema: {
      operationId: "eraseTenant",
      tags: ["tenants"],
      summary: "Suspend a tenant, and permanently erase all of its data",
      params: schemas.byId,
      body: z.strictObject({ confirm: z.string().max(100).describe("The tenant's id again.") }),
      response: { 202: tenant },
    },
    handler: async ({ operator, params: { id }, body: { confirm }, audit }, reply) =>
      reply.code(202).send(await eraseConfirmed(database, { operator, id, confirm, audit })),
  });
}

interface Confirmed {
  readonly operator: Operator;
  readonly id: string;
  readonly confirm: string;
  readonly audit: Audit;
}

function eraseConfirmed(database: Api["database"], { operator, id, confirm, audit }: Confirmed): Promise<Tenant> {
  if (confirm !== id)
    throw new InvalidRequest([{ path: "body/confirm", message: "must be the tenant's id, as in the path" }]);
  return asOperator(database, operator, async (client) => {
    const erased = await requestErasure(client, id, operator.id);
    await audit.record(client, { tenant: id, object: id });
    return erased;
  });
}
