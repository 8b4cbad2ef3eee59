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
  readSignedInUser,
  removeUser,
  resetPassword,
  signedInUser,
  USER,
  type User,
  user,
} from "../users.ts";

const invited = z
  .object({
    user,
    invitation: z
      .string()
      .describe(`The token for POST /invitations/accept, valid once and for ${INVITATION_DAYS} days. Shown only once.`),
  })
  .meta({ id: "Invited" });

/** Users of an organization, and their roles. */
export function addUserRoutes(api: Api): void {
  addInvitations(api);
  addSignedInUser(api);
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
      summary: "Invite a user with a role whose scopes the caller has",
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
      summary: "Create another invitation for a user who has not accepted one; the previous invitation becomes invalid",
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
      summary: "Create an invitation that resets a user's password; the user's sessions end when it is accepted",
      params: schemas.byId,
      response: { 201: invited },
    },
    handler: async ({ caller, params: { id }, audit }, reply) => {
      const created = await database.asTenant(caller.tenant, (client) => resetPassword(client, caller, { id, audit }));
      return reply.code(201).header("cache-control", "no-store").send(created);
    },
  });
}

function addSignedInUser({ addRoute, database }: Api): void {
  addRoute({
    method: "GET",
    url: "/users/me",
    access: { user: "It reads the user whose token is sent, whatever the user's role." },
    schema: {
      ...{ operationId: "readSignedInUser", tags: ["users"], response: { 200: signedInUser } },
      summary: "Read the caller: organization, role and scopes",
    },
    handler: ({ caller }) => database.asTenant(caller.tenant, (client) => readSignedInUser(client, caller)),
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
      summary: "List users, newest first",
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
        "Change a user's role, or suspend or resume the user; API keys that the user created but may no longer create are revoked",
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
      summary: "Erase a user; the user's sessions end, and API keys that the user created are revoked",
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
  const summary = "one JSON document per line; the last line counts the others";

  addRoute({
    method: "GET",
    url: "/users/:id/export",
    audit: "user.export",
    access: "users:read",
    schema: {
      ...{ operationId: "exportUser", tags: ["users"], params: schemas.byId, response: { 200: linesResponse } },
      summary: `Export all data about a user, ${summary}. Also requires the scope 'audit:read'`,
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
      summary: `Export all data about the caller, ${summary}`,
    },
    handler: async ({ caller: { tenant, id }, audit }, reply) => {
      onClosed(reply, exports.take(tenant));
      await database.asTenant(tenant, (client) => audit.record(client, { object: id }));
      return sendLines(reply, exportUser(database, tenant, id));
    },
  });
}
