import { z } from "zod";
import type { Api } from "../api.ts";
import { requireScopes } from "../caller.ts";
import { roles, scopesOfRole } from "../roles.ts";
import * as schemas from "../schemas.ts";
import { changeUser, INVITATION_DAYS, invite, inviteAgain, removeUser, USER, type User, user } from "../users.ts";

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
}

function addInvitations({ addRoute, database }: Api): void {
  addRoute({
    method: "POST",
    url: "/users",
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
    handler: async ({ caller, body }, reply) => {
      requireScopes(caller, scopesOfRole[body.role]);
      const created = await database.asTenant(caller.tenant, (client) => invite(client, body));
      return reply.code(201).header("cache-control", "no-store").send(created);
    },
  });

  addRoute({
    method: "POST",
    url: "/users/:id/invitation",
    access: "users:write",
    schema: {
      operationId: "inviteUserAgain",
      tags: ["users"],
      summary: "Make another invitation of a user who has accepted none; the one before is void",
      params: schemas.byId,
      response: { 201: invited },
    },
    handler: async ({ caller, params: { id } }, reply) => {
      const created = await database.asTenant(caller.tenant, (client) => inviteAgain(client, caller, id));
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
    handler: ({ caller, params: { id }, body }) =>
      database.asTenant(caller.tenant, (client) => changeUser(client, caller, { id, ...body })),
  });

  addRoute({
    method: "DELETE",
    url: "/users/:id",
    access: "users:write",
    schema: {
      operationId: "removeUser",
      tags: ["users"],
      summary: "Erase a user; its sessions end, and API keys that it created are revoked",
      params: schemas.byId,
      response: { 204: z.undefined() },
    },
    handler: async ({ caller, params: { id } }, reply) => {
      await database.asTenant(caller.tenant, (client) => removeUser(client, caller, id));
      return reply.code(204).send();
    },
  });
}
