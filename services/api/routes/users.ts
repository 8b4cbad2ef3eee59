import { z } from "zod";
import type { Api } from "../api.ts";
import { requireScope, requireScopes } from "../caller.ts";
import { ApiError } from "../errors.ts";
import { exportUser } from "../export.ts";
import { onClosed } from "../on-closed.ts";
import { roles, scopesOfRole } from "../roles.ts";
import * as schemas from "../schemas.ts";
import { linesResponse, sendLines } from "../stream-lines.ts";
import {
  changeUser,
  INVITATION_DAYS,
  invite,
  inviteAgain,
  removeUser,
  resetPassword,
  USER,
  type User,
  user,
} from "../users.ts";

const invited = z
  .object({
    user,
    invitation: z
      .string()
      .describe(`Accepts by POST /invitations/accept, once, within ${INVITATION_DAYS} days. Shown once.`),
  })
  .meta({ id: "Invited" });

/** Users of an organization, and their roles. */
export function addUserRoutes(api: Api): void {
  addInvitations(api);
  addUsers(api);
  addExports(api);
}

function addInvitations({ addRoute, database }: Api): void {
  addRoute({
    method: "POST",
    url: "/users",
    audit: "user.invite",
    access: "users:write",
    schema: {
      operationId: "inviteUser",
      tags: ["users"],
      summary: "Invite a user with a role that has no scope which the caller lacks",
      body: z
        .strictObject({ email: schemas.email, role: z.enum(roles) })
        .meta({ id: "NewUser", examples: [{ email: "grace@example.com", role: "member" }] }),
      response: { 201: invited },
    },
    handler: async ({ caller, body, audit }, reply) => {
      requireScopes(caller, scopesOfRole[body.role]);
      const { tenant } = caller;
      const created = await database.asTenant(tenant, (client) => invite(client, { ...body, tenant }, audit));
      return reply.code(201).header("cache-control", "no-store").send(created);
    },
  });

  addRoute({
    method: "POST",
    url: "/users/:id/invitation",
    audit: "user.invite",
    access: "users:write",
    schema: {
      operationId: "inviteUserAgain",
      tags: ["users"],
      summary: "Make another invitation of a user who has accepted none; the one before is void",
      params: schemas.byId,
      response: { 201: invited },
    },
    handler: async ({ caller, params: { id }, audit }, reply) => {
      const created = await database.asTenant(caller.tenant, (client) => inviteAgain(client, caller, { id, audit }));
      return reply.code(201).header("cache-control", "no-store").send(created);
    },
  });

  addRoute({
    method: "POST",
    url: "/users/:id/password-reset",
    audit: "user.reset_password",
    access: "users:write",
    schema: {
      operationId: "resetPassword",
      tags: ["users"],
      summary: "Let a user set another password, as by an invitation; the user's sessions end then",
      params: schemas.byId,
      response: { 201: invited },
    },
    handler: async ({ caller, params: { id }, audit }, reply) => {
      const created = await database.asTenant(caller.tenant, (client) => resetPassword(client, caller, { id, audit }));
      return reply.code(201).header("cache-control", "no-store").send(created);
    },
  });
}

function addUsers({ addRoute, database }: Api): void {
  addRoute({
    method: "GET",
    url: "/users",
    access: "users:read",
    schema: {
      operationId: "listUsers",
      tags: ["users"],
      summary: "List users, the newest first",
      querystring: schemas.page,
      response: { 200: z.object({ users: z.array(user) }) },
    },
    handler: async ({ caller, query: { limit, before } }) => {
      const { rows } = await database.asTenant(caller.tenant, (client) =>
        client.query<User>(
          `SELECT ${USER} FROM users
          WHERE tenant_id = current_tenant()
            AND ($2::uuid IS NULL OR (created_at, id) < (SELECT created_at, id FROM users WHERE id = $2))
          ORDER BY created_at DESC, id DESC LIMIT $1`,
          [limit, before ?? null],
        ),
      );
      return { users: rows };
    },
  });

  addRoute({
    method: "PATCH",
    url: "/users/:id",
    audit: "user.update",
    access: "users:write",
    schema: {
      operationId: "changeUser",
      tags: ["users"],
      summary:
        "Change a user's role, suspend or resume it; API keys that it created and may create no more are revoked",
      params: schemas.byId,
      body: z
        .strictObject({ role: z.enum(roles).optional(), suspended: z.boolean().optional() })
        .meta({ id: "UserChanges", examples: [{ role: "administrator" }, { suspended: true }] }),
      response: { 200: user },
    },
    handler: ({ caller, params: { id }, body: changes, audit }) =>
      database.asTenant(caller.tenant, (client) => changeUser(client, caller, { id, changes, audit })),
  });

  addRoute({
    method: "DELETE",
    url: "/users/:id",
    audit: "user.erase",
    access: "users:write",
    schema: {
      operationId: "removeUser",
      tags: ["users"],
      summary: "Erase a user; its sessions end, and API keys that it created are revoked",
      params: schemas.byId,
      response: { 204: z.undefined() },
    },
    handler: async ({ caller, params: { id }, audit }, reply) => {
      await database.asTenant(caller.tenant, (client) => removeUser(client, caller, { id, audit }));
      return reply.code(204).send();
    },
  });
}

function addExports({ addRoute, database, exports }: Api): void {
  const summary = "as lines of JSON; the last one counts the others";

  addRoute({
    method: "GET",
    url: "/users/:id/export",
    audit: "user.export",
    access: "users:read",
    schema: {
      ...{ operationId: "exportUser", tags: ["users"], params: schemas.byId, response: { 200: linesResponse } },
      summary: `Export all that is kept of a user, ${summary}. It needs 'audit:read' too`,
    },
    handler: async ({ caller, params: { id }, audit }, reply) => {
      requireScope(caller, "audit:read");
      onClosed(reply, exports.take(caller.tenant));
      await database.asTenant(caller.tenant, async (client) => {
        const { rowCount } = await client.query("SELECT FROM users WHERE id = $1", [id]);
        if (rowCount === 0) throw new ApiError("not_found");
        await audit.record(client, { object: id });
      });
      return sendLines(reply, exportUser(database, caller.tenant, id));
    },
  });

  addRoute({
    method: "GET",
    url: "/users/me/export",
    audit: "user.export",
    access: { user: "It exports the user whose token is sent, whatever the user's role." },
    schema: {
      ...{ operationId: "exportOwnUser", tags: ["users"], response: { 200: linesResponse } },
      summary: `Export all that is kept of oneself, ${summary}`,
    },
    handler: async ({ caller: { tenant, id }, audit }, reply) => {
      onClosed(reply, exports.take(tenant));
      await database.asTenant(tenant, (client) => audit.record(client, { object: id }));
      return sendLines(reply, exportUser(database, tenant, id));
    },
  });
}
