import { databaseName } from "../platform/names.ts";

interface Begun {
  readonly name: string;
  /** Its descriptor's name in code. */
  readonly constant: string;
  readonly ports: { readonly http: number; readonly metrics: number };
}

/** What a new service begins with: a descriptor, its code, and a test that runs it. By path. */
export function serviceFiles(name: string, ports: Begun["ports"]): Record<string, string> {
  const constant = name.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
  const begun = { name, constant, ports };
  return {
    [`services/${name}/service.ts`]: descriptor(begun),
    [`services/${name}/main.ts`]: code(begun),
    [`services/${name}/migrations/0001_first.sql`]: migration(begun),
    [`test/services/${name}.test.ts`]: test(begun),
  };
}

const descriptor = ({
  name,
  constant,
  ports: { http, metrics },
}: Begun): string => `import { database, defineService } from "../../platform/service.ts";
import { cpu } from "../../platform/signals.ts";
import { databaseConnections } from "../shared/database/contract.ts";

export const ${constant} = defineService({
  name: "${name}",
  listens: { http: ${http}, metrics: ${metrics} },
  uses: [database({ pool: 2 })],
  callsOut: [],
  secrets: [],
  metrics: [databaseConnections],
  resources: { requests: { cpu: "100m", memory: "128Mi" }, limits: { cpu: "1", memory: "256Mi" } },
  scale: { between: [2, 3], on: [cpu(70)], profile: "steady" },
  drain: 30,
  release: "rolling",
  commands: { migrate: ["migrate"] },
});
`;

const migration = ({ name }: Begun): string => `-- Up Migration

-- The role with which the service runs owns nothing: each migration grants it what it may do.
CREATE TABLE notes (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  text text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);
GRANT SELECT, INSERT ON notes TO ${databaseName({ name })};

-- Down Migration

DROP TABLE notes;
`;

const code = ({ constant }: Begun): string => `import { join } from "node:path";
import { openDatabase } from "../shared/database/open.ts";
import { answerProbe, closePort, openPort, portOfServer } from "../shared/runtime/probes.ts";
import { type Running, runService, type ServiceContext } from "../shared/runtime/run-service.ts";
import { ${constant} } from "./service.ts";

await runService(${constant}, start, { migrations: join(import.meta.dirname, "migrations") });

async function start({ settings, log, metrics, health }: ServiceContext): Promise<Running> {
  const database = openDatabase(${constant}, { settings, log, metrics });

  async function answer(path: string): Promise<{ status: number; body: object }> {
    const probe = await answerProbe(path, health);
    if (probe) return probe;
    if (path !== "/") return { status: 404, body: { status: "not found" } };
    const { rows } = await database.pool.query<{ notes: number }>("SELECT count(*) AS notes FROM notes");
    return { status: 200, body: { service: ${constant}.name, ...rows[0] } };
  }

  const server = await openPort(
    (request, response) => {
      void answer(new URL(request.url ?? "/", "http://localhost").pathname)
        .catch((error: unknown) => {
          log.error({ err: error }, "a request failed");
          return { status: 500, body: { status: "failed" } };
        })
        .then(({ status, body }) => {
          response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
        });
    },
    settings.ports["http"] ?? 0,
    settings.address,
  );
  return {
    ports: { http: portOfServer(server) },
    ready: () => database.isThere(),
    stop: async () => {
      await closePort(server);
      await database.close();
    },
  };
}
`;

const test = ({ name, constant }: Begun): string => `import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Platform, startPlatform } from "../../local/platform.ts";
import type { ServiceProcess } from "../../local/service-process.ts";
import { ${constant} } from "../../services/${name}/service.ts";

/** The service as a process of its own, on a real Postgres. */
let folder: string;
let platform: Platform;
let running: ServiceProcess;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "promptops-test-"));
  chmodSync(folder, 0o711);
  const onLine = (): void => undefined;
  platform = await startPlatform({
    folder,
    models: [],
    services: [${constant}],
    onLine,
    declaredPorts: false,
    durable: false,
  });
  running = await platform.startOther(${constant});
});
afterAll(async () => {
  await platform.stop();
  rmSync(folder, { recursive: true, force: true });
});

const get = (port: string, path: string): Promise<Response> =>
  fetch(\`http://127.0.0.1:\${running.ports[port] ?? 0}\${path}\`);

test("answers from its own database", async () => {
  const answer = await get("http", "/");
  expect(await answer.json()).toEqual({ service: ${constant}.name, notes: 0 });
});

test("is live, started and ready", async () => {
  for (const probe of ["live", "startup", "ready"]) expect((await get("http", \`/health/\${probe}\`)).status).toBe(200);
});

test("exports the metrics that its descriptor declares, and keeps them off its public port", async () => {
  const text = await (await get("metrics", "/metrics")).text();
  for (const { name } of ${constant}.metrics) expect(text).toContain(name);
  expect((await get("http", "/metrics")).status).toBe(404);
});
`;
