import type { PoolClient } from "pg";
import { z } from "zod";
import { checkVersion } from "../check-version.ts";
import { ApiError } from "../errors.ts";
import type { Api } from "../api.ts";
import { isUniqueViolation } from "../../shared/database/retry-conflicts.ts";
import { modelsByName } from "../../shared/models/by-name.ts";
import { modelsFor } from "../../shared/models/custom-models.ts";
import * as schemas from "../schemas.ts";

const PROMPT = `id, name, latest_version AS "latestVersion", created_at AS "createdAt"`;

const promptQuery = schemas.page.extend({
  search: z.string().max(64).optional().describe("Text that the name contains, in lower case."),
});

type Stored<Schema extends z.ZodType> = z.output<Schema>;

/** Prompts and their versions. A version never changes: an execution can always be told by it. */
export function addPromptRoutes(api: Api): void {
  addPrompts(api);
  addVersions(api);
}

function addPrompts({ addRoute, database, settings }: Api): void {
  const modelOf = modelsByName(settings);

  addRoute({
    method: "POST",
    url: "/prompts",
    audit: "prompt.create",
    access: "prompts:write",
    schema: {
      operationId: "createPrompt",
      tags: ["prompts"],
      summary: "Create a prompt with version 1",
      body: schemas.promptInput,
      response: { 201: schemas.prompt },
    },
    handler: async (request, reply) => {
      const { caller, audit } = request;
      const { name, ...version } = request.body;
      const prompt = await database.asTenant(caller.tenant, async (client) => {
        checkVersion(version, await modelsFor(client, caller.tenant, version.model, modelOf));
        const { rows } = await client
          .query<Stored<typeof schemas.prompt>>(
            `INSERT INTO prompts (tenant_id, name) VALUES (current_tenant(), $1) RETURNING ${PROMPT}`,
            [name],
          )
          .catch((error: unknown) => {
            if (!isUniqueViolation(error)) throw error;
            throw new ApiError("name_taken", `There is a prompt '${name}'. Add a version to it, or take another name.`);
          });
        const [stored] = rows as [Stored<typeof schemas.prompt>];
        await storeVersion(client, stored.id, 1, version);
        await audit.record(client, { object: stored.id });
        return stored;
      });
      return reply.code(201).send(prompt);
    },
  });

  addRoute({
    method: "GET",
    url: "/prompts",
    access: "prompts:read",
    schema: {
      operationId: "listPrompts",
      tags: ["prompts"],
      summary: "List prompts, newest first",
      querystring: promptQuery,
      response: { 200: z.object({ prompts: z.array(schemas.prompt) }) },
    },
    handler: async ({ caller, query: { limit, before, search } }) => {
      const { rows } = await database.asTenant(caller.tenant, (client) =>
        client.query<Stored<typeof schemas.prompt>>(
          `SELECT ${PROMPT} FROM prompts
          WHERE ($2::uuid IS NULL OR (created_at, id) < (SELECT created_at, id FROM prompts WHERE id = $2))
            AND strpos(name, $3) > 0
          ORDER BY created_at DESC, id DESC LIMIT $1`,
          [limit, before ?? null, search ?? ""],
        ),
      );
      return { prompts: rows };
    },
  });

  addRoute({
    method: "GET",
    url: "/prompts/:id",
    access: "prompts:read",
    schema: {
      operationId: "readPrompt",
      tags: ["prompts"],
      summary: "Read a prompt",
      params: schemas.byId,
      response: { 200: schemas.prompt },
    },
    handler: async ({ caller, params: { id } }) => {
      const { rows } = await database.asTenant(caller.tenant, (client) =>
        client.query<Stored<typeof schemas.prompt>>(`SELECT ${PROMPT} FROM prompts WHERE id = $1`, [id]),
      );
      return rows[0] ?? notFound();
    },
  });
}

function addVersions({ addRoute, database, settings }: Api): void {
  const modelOf = modelsByName(settings);

  addRoute({
    method: "POST",
    url: "/prompts/:id/versions",
    audit: "prompt.add_version",
    access: "prompts:write",
    schema: {
      operationId: "addPromptVersion",
      tags: ["prompts"],
      summary: "Add a version, which becomes the latest",
      params: schemas.byId,
      body: schemas.promptVersionInput,
      response: { 201: schemas.promptVersion },
    },
    handler: async (request, reply) => {
      const {
        caller,
        params: { id },
        body,
        audit,
      } = request;
      const stored = await database.asTenant(caller.tenant, async (client) => {
        checkVersion(body, await modelsFor(client, caller.tenant, body.model, modelOf));
        const { rows } = await client.query<{ version: number }>(
          "UPDATE prompts SET latest_version = latest_version + 1 WHERE id = $1 RETURNING latest_version AS version",
          [id],
        );
        const version = rows[0]?.version ?? notFound();
        await audit.record(client, { object: id, details: { version } });
        return storeVersion(client, id, version, body);
      });
      return reply.code(201).send(stored);
    },
  });

  addRoute({
    method: "GET",
    url: "/prompts/:id/versions/:version",
    access: "prompts:read",
    schema: {
      operationId: "readPromptVersion",
      tags: ["prompts"],
      summary: "Read a version of a prompt",
      params: schemas.byId.extend({ version: z.coerce.number().int().min(1).max(2_147_483_647) }),
      response: { 200: schemas.promptVersion },
    },
    handler: async ({ caller, params: { id, version } }) => {
      const { rows } = await database.asTenant(caller.tenant, (client) =>
        client.query<Stored<typeof schemas.promptVersion>>(
          `SELECT ${VERSION} FROM prompt_versions WHERE prompt_id = $1 AND version = $2`,
          [id, version],
        ),
      );
      return rows[0] ?? notFound();
    },
  });
}

const VERSION = `version, model, messages, variables, parameters, guardrails, created_at AS "createdAt"`;

async function storeVersion(
  client: PoolClient,
  prompt: string,
  version: number,
  { model, messages, variables, parameters, guardrails }: Stored<typeof schemas.promptVersionInput>,
): Promise<Stored<typeof schemas.promptVersion>> {
  const { rows } = await client.query<Stored<typeof schemas.promptVersion>>(
    `INSERT INTO prompt_versions (prompt_id, version, tenant_id, model, messages, variables, parameters, guardrails)
      VALUES ($1, $2, current_tenant(), $3, $4, $5, $6, $7) RETURNING ${VERSION}`,
    [prompt, version, model, JSON.stringify(messages), variables, parameters, guardrails],
  );
  return rows[0] as Stored<typeof schemas.promptVersion>;
}

function notFound(): never {
  throw new ApiError("not_found");
}
