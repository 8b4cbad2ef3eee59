import { Client } from "pg";
import { expect, test } from "vitest";
import { startTlsOrigin } from "../services/egress/tls-origin.ts";
import { startStack } from "../services/stack.ts";

test("a worker without an egress proxy refuses a private address, also one that the API would not have taken", async () => {
  let connections = 0;
  const origin = await startTlsOrigin((_, response) => response.end());
  origin.server.on("connection", () => (connections += 1));
  const stack = await startStack();
  const tenant = await stack.tenant("one");
  const url = `https://127.0.0.1:${origin.port}/v1`;
  const refused = await tenant.call("POST", "/custom-models", {
    name: "inside",
    protocol: "openai",
    url,
    servedAs: "m",
  });
  expect(refused).toMatchObject({ status: 400, body: { code: "invalid_request", faults: [{ path: "body/url" }] } });

  const client = new Client({ connectionString: stack.platform.databaseUrl });
  await client.connect();
  await client.query(
    `INSERT INTO custom_models (tenant_id, name, protocol, url, served_as, concurrency)
      SELECT id, 'inside', 'openai', $1, 'm', 1 FROM tenants WHERE name = 'one'`,
    [url],
  );
  await client.end();
  const prompt = await tenant.prompt("inside", { model: "custom/inside" });
  const events = await tenant.follow(await tenant.execute(prompt, "hello"));
  expect(events.at(-1)).toMatchObject({ type: "job_failed", data: { error: { code: "model_address_refused" } } });
  expect(connections).toBe(0);
  await stack.stop();
  await origin.stop();
});
