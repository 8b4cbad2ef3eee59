import { describe, expect, test } from "vitest";
import { dependenciesOf, type Where } from "../../platform/dependencies.ts";
import { installedAddons } from "../../platform/installed-addons.ts";
import { secretLedger } from "../../platform/secret-ledger.ts";
import { calls, messages, models, oidcIssuer, type Service, tenantHosts } from "../../platform/service.ts";
import { descriptors, environment, faultsOf, serviceCalled, services } from "../environments.ts";

const api = serviceCalled("api");
const caller: Service = { ...api, name: "reports", uses: [models], callsOut: ["api.openai.com"], secrets: [] };
const openai = { name: "gpt", endpoint: "https://api.openai.com/v1", concurrency: 8, credential: "openai" };

function where(changes: Readonly<Record<string, unknown>>): Where {
  const described = environment("production", changes);
  return {
    environment: described,
    services,
    addons: installedAddons(described, descriptors).map(({ addon }) => addon),
  };
}

describe("a service that calls models", () => {
  test("needs no queue to be told of them, and reads their API keys as files", () => {
    const [needs] = dependenciesOf(caller, where({ models: [openai] }));
    expect(JSON.parse(needs?.variables["PROMPTOPS_MODELS"] ?? "")).toEqual([{ ...openai, internet: true }]);
    expect(needs?.secrets).toEqual([
      {
        stored: { path: "promptops-production/models/openai", resource: "models-openai", made: { kind: "supplied" } },
        file: "models-openai",
        property: "value",
      },
    ]);
  });

  test("must list the host of every endpoint", () => {
    expect(faultsOf({ models: [{ ...openai, endpoint: "https://models.example.com/v1" }] })).toEqual([
      expect.stringMatching(/^promptops:models\.0\.endpoint: is on a host that service 'worker' does not call/),
    ]);
  });

  test.each([
    ["a private address that is not declared", { endpoint: "http://10.0.0.7:8000/v1" }, /has a private address/],
    [
      "a private endpoint by name",
      { endpoint: "http://models.internal/v1", private: true },
      /must name a private IPv4/,
    ],
    ["a public address declared private", { endpoint: "http://1.2.3.4/v1", private: true }, /must name a private IPv4/],
  ])("is refused %s", (_, changes, rule) => {
    const { credential: _credential, ...model } = openai;
    expect(faultsOf({ models: [{ ...model, ...changes }] })).toContainEqual(expect.stringMatching(rule));
  });
});

describe("hosts on the internet", () => {
  const proxy = { to: expect.objectContaining({ kind: "pods", name: "egress-proxy" }), port: 3128 };

  test("are reached through the egress proxy, by who lists some and by who calls models", () => {
    for (const service of [
      { ...caller, uses: [] },
      { ...caller, callsOut: [] },
    ]) {
      const [needs] = dependenciesOf(service, where({}));
      expect(needs?.variables["PROMPTOPS_EGRESS_PROXY"]).toBe("http://egress-proxy.application.svc.cluster.local:3128");
      expect(needs?.connections).toContainEqual(proxy);
    }
    expect(dependenciesOf({ ...caller, uses: [], callsOut: [] }, where({}))).toEqual([]);
  });

  test("are open to the egress proxy alone, on the ports that it names", () => {
    const open = services.map((service) => [
      service.name,
      dependenciesOf(service, where({ models: [openai] }))
        .flatMap(({ connections }) => connections)
        .filter(({ to }) => to.kind === "internet"),
    ]);
    expect(Object.fromEntries(open)).toEqual({
      ...{ analytics: [], api: [], evaluator: [], "model-simulator": [], notifications: [], worker: [] },
      "egress-proxy": [{ to: { kind: "internet" }, port: 443 }],
    });
  });
});

test("a secret of another service is one secret in the store, with all of them as its readers", () => {
  const ledger = secretLedger(environment("production"), descriptors, []);
  expect(ledger.filter(({ path }) => path.endsWith("/custom-model-key"))).toEqual([
    {
      path: "promptops-production/api/custom-model-key",
      resource: "custom-model-key",
      made: { kind: "random", bytes: 32 },
      readers: ["api", "notifications", "worker"],
    },
  ]);
});

describe("a service that reads an OIDC issuer's keys", () => {
  const reader: Service = { ...api, uses: [oidcIssuer], callsOut: [], secrets: [] };
  const issuer = { issuer: "https://login.example.com/realms/acme", audience: "promptops" };

  test("needs nothing in an environment without an issuer", () => {
    expect(dependenciesOf(reader, where({}))).toEqual([{ variables: {}, secrets: [], connections: [] }]);
  });

  test("is told of the issuer, and of the egress proxy, through which it reads the issuer's keys", () => {
    const [needs] = dependenciesOf(reader, where({ oidc: issuer }));
    expect(JSON.parse(needs?.variables["PROMPTOPS_OIDC"] ?? "")).toEqual(issuer);
    expect(needs?.variables["PROMPTOPS_EGRESS_PROXY"]).toBe("http://egress-proxy.application.svc.cluster.local:3128");
    expect(needs?.connections).toEqual([{ to: expect.objectContaining({ name: "egress-proxy" }), port: 3128 }]);
  });

  test.each([
    [{ issuer: "http://login.example.com" }, /^promptops:oidc\.issuer: must be the issuer's https URL/],
    [{ audience: "" }, /^promptops:oidc\.audience: must be a name without spaces/],
    [{ rolesClaim: "a..b" }, /^promptops:oidc\.rolesClaim: must be the path of a claim/],
    [
      { roles: { admin: "root" } },
      /^promptops:oidc\.roles\.admin: must be one of owner, administrator, member, viewer/,
    ],
  ])("is refused %j", (changes, rule) => {
    expect(faultsOf({ oidc: { ...issuer, ...changes } })).toEqual([expect.stringMatching(rule)]);
  });
});

test("a service that connects to hosts of tenants needs the egress proxy alone", () => {
  const user: Service = { ...api, name: "user", uses: [tenantHosts], callsOut: [], secrets: [] };
  expect(dependenciesOf(user, where({}))).toEqual([
    {
      variables: { PROMPTOPS_EGRESS_PROXY: "http://egress-proxy.application.svc.cluster.local:3128" },
      secrets: [],
      connections: [{ to: expect.objectContaining({ namespace: "application", name: "egress-proxy" }), port: 3128 }],
    },
  ]);
});

test("a dependency is met by whatever provides it: wake-ups by an add-on, or by Postgres where none is installed", () => {
  const producer = { ...api, uses: api.uses.filter(({ kind }) => kind === "queue") };
  const [provided] = dependenciesOf(producer, where({}));
  expect(provided?.connections).toEqual([{ to: expect.objectContaining({ namespace: "data" }), port: 6379 }]);
  expect(provided?.secrets.map(({ file }) => file)).toEqual(["redis-url"]);
  const [alone] = dependenciesOf(producer, where({ "addons.valkey": undefined }));
  expect(alone).toMatchObject({ connections: [], secrets: [] });
});

describe("a service that must lose no message", () => {
  const user: Service = { ...api, name: "user", uses: [messages("orders")], callsOut: [], secrets: [] };

  test("reaches RabbitMQ with a user of its own, where the environment has it", () => {
    expect(dependenciesOf(user, where({}))).toEqual([
      {
        variables: {},
        secrets: [
          {
            stored: {
              path: "promptops-production/user/amqp",
              resource: "user-amqp",
              made: {
                kind: "url",
                url: "amqp://user:{password}@rabbitmq.data.svc.cluster.local:5672",
                password: "promptops-production/rabbitmq/user",
              },
            },
            file: "amqp-url",
            property: "url",
          },
        ],
        connections: [{ to: expect.objectContaining({ namespace: "data", name: "rabbitmq" }), port: 5672 }],
      },
    ]);
  });

  test("keeps its messages in its database otherwise, and needs nothing more", () => {
    expect(dependenciesOf(user, where({ "addons.rabbitmq": undefined }))).toEqual([
      { variables: {}, secrets: [], connections: [] },
    ]);
  });

  test("is told of queues, of which it may publish to one and read two, in what RabbitMQ loads", () => {
    const described = environment("production");
    const services = [...descriptors.services, user];
    const ledger = secretLedger(
      described,
      { ...descriptors, services },
      installedAddons(described, { ...descriptors, services }),
    );
    const definitions = ledger.find(({ path }) => path === "promptops-production/rabbitmq/definitions");
    expect(definitions).toMatchObject({
      made: {
        passwords: { analytics: "promptops-production/rabbitmq/analytics", user: "promptops-production/rabbitmq/user" },
      },
      readers: ["rabbitmq"],
    });
    const { users, permissions, queues } = JSON.parse(definitions?.made.kind === "text" ? definitions.made.text : "{}");
    expect(users[1]).toEqual({ name: "user", password: "{user}", tags: [] });
    expect(permissions[1]).toEqual({
      ...{ user: "user", vhost: "/", configure: "^$", write: "^(orders)$", read: "^(orders|orders\\.dead-letters)$" },
    });
    expect(queues.map(({ name }: { name: string }) => name)).toEqual([
      ...["usage", "usage.dead-letters", "orders", "orders.dead-letters"],
    ]);
  });
});

test("another service is reached on its own port", () => {
  const [needs] = dependenciesOf({ ...caller, uses: [calls("api")] }, where({}));
  expect(needs?.connections).toEqual([{ to: expect.objectContaining({ name: "api" }), port: 8080 }]);
  expect(needs?.variables).toEqual({ PROMPTOPS_URL_API: "http://api.application.svc.cluster.local:8080" });
});

describe("the ledger of secrets", () => {
  const ledgerOf = (name: string, changes = {}): ReturnType<typeof secretLedger> => {
    const described = environment(name, changes);
    return secretLedger(described, descriptors, installedAddons(described, descriptors));
  };

  test("has each secret once, with how it is made and everybody who reads it", () => {
    const ledger = ledgerOf("production");
    expect(new Set(ledger.map(({ path }) => path)).size).toBe(ledger.length);
    expect(ledger.find(({ path }) => path.endsWith("/worker/database"))).toEqual({
      path: "promptops-production/worker/database",
      resource: "worker-database",
      made: { kind: "database-role", username: "promptops_worker", database: "promptops_api" },
      readers: ["database-roles", "worker"],
    });
    expect(ledger.find(({ path }) => path.endsWith("/valkey/users"))?.readers).toEqual(["valkey"]);
  });

  test("has the key of the buckets where the cloud has no identities for pods", () => {
    const kinds = (name: string): string[] => ledgerOf(name).map(({ made }) => made.kind);
    expect(kinds("production-lke")).toContain("bucket-key");
    expect(kinds("production")).not.toContain("bucket-key");
  });
});

test("a database that is used by nobody needs its administrator's secret alone", () => {
  const lonely: Service = { ...api, uses: [], commands: {} };
  const described = environment("production");
  const ledger = secretLedger(described, { ...descriptors, services: [lonely] }, []);
  expect(ledger.map(({ made }) => made.kind)).toEqual(["database-administrator", "random", "random"]);
});
