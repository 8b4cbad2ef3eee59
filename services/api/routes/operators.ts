import { z } from "zod";
import type { Api } from "../api.ts";
import { ApiError } from "../errors.ts";
import { asOperator, OPERATOR } from "../operators.ts";
import * as schemas from "../schemas.ts";

const operatorKey = z
  .object({ id: z.uuid(), name: z.string(), createdAt: z.iso.datetime(), revokedAt: z.iso.datetime().nullable() })
  .meta({ id: "OperatorKey" });
type OperatorKey = z.output<typeof operatorKey>;

const KEY = `id, name, created_at AS "createdAt", revoked_at AS "revokedAt"`;

/** Keys of the platform's operators. A job makes them. */
export function addOperatorRoutes({ addRoute, database }: Api): void {
  addRoute({
    method: "GET",
    url: "/admin/operators",
    access: OPERATOR,
    schema: {
      operationId: "listOperatorKeys",
      tags: ["operators"],
      summary: "List operators' keys, including revoked ones, newest first",
      querystring: schemas.page,
      response: { 200: z.object({ operatorKeys: z.array(operatorKey) }) },
    },
    handler: async ({ operator, query: { limit, before } }) => {
      const { rows } = await asOperator(database, operator, (client) =>
        client.query<OperatorKey>(
          `SELECT ${KEY} FROM operator_keys
          WHERE $2::uuid IS NULL OR (created_at, id) < (SELECT created_at, id FROM operator_keys WHERE id = $2)
          ORDER BY created_at DESC, id DESC LIMIT $1`,
          [limit, before ?? null],
        ),
      );
      return { operatorKeys: rows };
    },
  });

  addRoute({
    method: "POST",
    url: "/admin/operators/:id/revoke",
    audit: "operator.revoke",
    access: OPERATOR,
    schema: {
      operationId: "revokeOperatorKey",
      tags: ["operators"],
      summary: "Revoke an operator's key, possibly the caller's own",
      params: schemas.byId,
      response: { 200: operatorKey },
    },
    handler: ({ operator, params: { id }, audit }) =>
      asOperator(database, operator, async (client) => {
        // First, since a key that is revoked may write nothing, not even that.
        await audit.record(client, { object: id });
        const { rows } = await client.query<OperatorKey>(
          `UPDATE operator_keys SET revoked_at = coalesce(revoked_at, now()) WHERE id = $1 RETURNING ${KEY}`,
          [id],
        );
        if (!rows[0]) throw new ApiError("not_found");
        return rows[0];
      }),
  });
}
