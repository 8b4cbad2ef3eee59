/** A Fastify route that accepts executions with the API's own transaction, and does nothing beside it: no key, no schema, no trace. */
import { fastify } from "fastify";
import { acceptExecution } from "../services/api/accept.ts";
import { Database } from "../services/shared/database/pool.ts";
import { createLog } from "../services/shared/runtime/log.ts";
import type { Model } from "../services/shared/runtime/settings.ts";
import { portOfServer } from "../services/shared/runtime/probes.ts";
import { auditOf } from "../test/services/audit-of.ts";

const [url = "", tenant = "", connections = "9"] = process.argv.slice(2);
const database = new Database({ url, connections: Number(connections), log: createLog("bare", "error") });
const model: Model = {
  name: "simulated",
  endpoint: "http://model/v1",
  concurrency: 16,
  internet: false,
  protocol: "openai",
  fallbacks: [],
};
const app = fastify();
app.post("/prompts/:id/execute", async (request, reply) => {
  const { id: promptId } = request.params as { id: string };
  const { variables } = request.body as { variables: Record<string, string> };
  const asked = { promptId, variables, timeoutSeconds: 300 };
  const options = { idempotencyKey: undefined, modelOf: () => model, audit: auditOf(tenant) };
  const accepted = await acceptExecution(database, tenant, asked, options);
  return reply.code(202).send(accepted);
});
await app.listen({ port: 0, host: "127.0.0.1" });
process.stdout.write(`${portOfServer(app.server)}\n`);
