import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { addTenant } from "../../local/seed.ts";
import { createKey } from "../../services/api/api-keys.ts";
import { type Scope, scopes } from "../../services/api/caller.ts";
import { newOperatorKey, newResources } from "../services/access-resources.ts";
import { type Ids, newUser, NOBODYS, nobodys, pathOf, type Row, rows, webhook } from "../services/access-table.ts";
import { invalidCredentials, newSession } from "../services/invalid-credentials.ts";
import { startStack, type Stack, type Tenant, tenantWith, until } from "../services/stack.ts";
import { type Reply, upgrade } from "../services/upgrade.ts";
import { letWait } from "../services/workflow-calls.ts";

let made = 0;
const guarded = Object.entries(rows).filter(([, { opens }]) => typeof opens === "string");

interface Operation {
  readonly security: readonly { readonly bearer: readonly string[] }[];
  readonly description?: string;
  readonly parameters?: readonly { readonly in: string; readonly name: string; readonly schema: { format?: string } }[];
  readonly requestBody?: unknown;
}
/** Credentials that open nothing, by what is wrong with them. */
const invalid = new Map<string, string | undefined>([
  ["none", undefined],
  ["unknown key", createKey()],
  ["unsigned token", "eyJhbGciOiJub25lIn0.e30."],
]);

let stack: Stack;
let owner: Tenant;
let operator: Pick<Tenant, "key" | "call">;
/** The id of another operator's key. */
let operators: string;
/** A key and a token of a tenant that was suspended later. */
let suspended: readonly string[];
let operations: Readonly<Record<string, Operation>>;
beforeAll(async () => {
  // No worker: what is accepted stays as it was accepted.
  stack = await startStack({ workers: 0 });
  owner = await stack.tenant("owner");
  operator = await stack.operator();
  operators = await newOperatorKey({ stack, operator });
  suspended = await credentials("suspended", scopes);
  await suspend("suspended");
  for (const [name, credential] of await invalidCredentials(stack)) invalid.set(name, credential);
  const document = (await (await fetch(`${stack.url}/openapi.json`)).json()) as {
    paths: Record<string, Record<string, Operation>>;
  };
  operations = Object.fromEntries(
    Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => [`${method.toUpperCase()} ${path}`, operation]),
    ),
  );
});
afterAll(async () => {
  await stack.stop();
});

/** What the owner has that no other row has changed. */
const newIds = async (): Promise<Ids> => idsOf(owner, await owner.prompt(`prompt-${(made += 1)}`));
const idsOf = (tenant: Tenant, prompt: string): Promise<Ids> =>
  newResources({ stack, operator, operators, tenant }, prompt);

/** Suspends a tenant, and waits until replicas know. */
async function suspend(name: string): Promise<void> {
  const { tenants } = (await operator.call("GET", "/admin/tenants?limit=100")).body as {
    tenants: { id: string; name: string }[];
  };
  await operator.call("POST", `/admin/tenants/${tenants.find((each) => each.name === name)?.id}/suspend`);
  for (const credential of suspended)
    await until("the tenant to be refused", async () => {
      const { status } = await tenantWith(stack.url, credential).call("GET", "/prompts");
      return status === 403 || undefined;
    });
}

/** What somebody else's request could have changed of the owner's resources. */
const stateOf = async ({
  prompts,
  workflows,
  executions,
  nodes,
  users,
  "api-keys": keys,
  ...ids
}: Ids): Promise<unknown[]> => [
  (await owner.call("GET", `/custom-models/${ids["custom-models"]}`)).body,
  (await owner.call("GET", `/webhooks/${ids.webhooks}`)).body,
  (await owner.call("GET", `/webhooks/${ids.webhooks}/deliveries/${ids.deliveries}`)).body,
  ((await owner.call("GET", "/users?limit=100")).body.users as { id: string }[]).find(({ id }) => id === users),
  ((await owner.call("GET", "/api-keys?limit=100")).body.apiKeys as { id: string }[]).find(({ id }) => id === keys),
  (await owner.call("GET", `/workflows/${workflows}`)).body,
  (await owner.call("GET", `/executions/${nodes}`)).body,
  (await owner.call("GET", `/prompts/${prompts}`)).body,
  (await owner.call("GET", `/executions/${executions}`)).body,
];

/** A key of a tenant with these scopes, and a token made from it. */
async function credentials(tenant: string, granted: readonly Scope[]): Promise<string[]> {
  const key = createKey();
  await addTenant(stack.platform.databaseUrl, tenant, key, granted);
  return [key, (await newSession(tenantWith(stack.url, key))).token];
}

async function ask(route: string, path: string, credential?: string, ids: Ids = nobodys): Promise<Reply> {
  const headers = {
    ...(credential !== undefined && { authorization: `Bearer ${credential}` }),
    // From another address each time: none asks too often without a valid credential.
    "x-forwarded-for": `2001:db8:${(made += 1).toString(16)}::1`,
  };
  const { body, webSocket } = rows[route] as Row;
  if (webSocket) return upgrade(stack.url, path, headers);
  const response = await fetch(`${stack.url}${path}`, {
    method: route.split(" ")[0] as string,
    headers: { ...headers, ...(body !== undefined && { "content-type": "application/json" }) },
    ...(body !== undefined && { body: JSON.stringify(await body({ owner, path, ids })) }),
  });
  const type = response.headers.get("content-type");
  // A stream goes on until its execution ends.
  if (type === "text/event-stream") await response.body?.cancel();
  return { status: response.status, type, body: response.bodyUsed ? "" : await response.text() };
}

/** Whose ids a parameter takes, if they are not those of its list. */
const ofParameter: Readonly<Record<string, keyof Ids>> = {
  parent: "nodes",
  experiment: "experiments",
  actor: "api-keys",
  object: "prompts",
};

/** The code of a problem document, or of an error in OpenAI's form. */
const codeOf = ({ body }: Reply): unknown => {
  const { code, error } = JSON.parse(body) as { code?: string; error?: { code: string } };
  return code ?? error?.code;
};
const isSuccess = ({ status }: Reply): boolean => status === 101 || (status >= 200 && status < 300);

describe("the OpenAPI document", () => {
  test("has exactly the routes of the access table, WebSockets and public ones included", () => {
    expect(Object.keys(operations).toSorted()).toEqual(Object.keys(rows).toSorted());
  });

  test("names each route's scope, and says why a route has none", () => {
    for (const [route, { opens }] of Object.entries(rows)) {
      const { security, description } = operations[route] as Operation;
      if (typeof opens === "string") expect(security, route).toEqual([{ bearer: [opens] }]);
      else
        expect({ security, description }, route).toEqual({
          security: "public" in opens ? [] : [{ bearer: [] }],
          description: expect.stringMatching(/\w/),
        });
    }
  });
});

/** Routes that take ids in their bodies. test/long/experiments.test.ts and gates.test.ts try another tenant's there. */
const inBody = new Set(["POST /evaluators", "POST /experiments", "PUT /prompts/{id}/labels/{label}/gate"]);

describe("a route", () => {
  const closed = Object.entries(rows).filter(([, { opens }]) => typeof opens === "string" || "only" in opens);

  test.each(closed)("%s answers 401 without a valid credential", async (route) => {
    const path = pathOf(route, await newIds());
    for (const [name, credential] of invalid) {
      const reply = await ask(route, path, credential);
      expect([reply.status, codeOf(reply)], name).toEqual([401, "unauthenticated"]);
    }
  });

  test.each(
    closed.flatMap(([route, { opens }]) => (typeof opens === "object" && "only" in opens ? [[route, opens.only]] : [])),
  )("%s takes one kind of credential (%s), and answers 403 to the others", async (route = "", only) => {
    const [key = "", token = ""] = await credentials("owner", scopes);
    const user = (await newUser(owner)).token;
    const holders = { "API key": key, token, "user's token": user, "operator's key": operator.key };
    const path = pathOf(route, await newIds());
    for (const [kind, credential] of Object.entries(holders)) {
      // A user's token is a token too.
      if (kind === only || (kind === "user's token" && only === "token")) continue;
      const reply = await ask(route, path, credential);
      expect([reply.status, codeOf(reply)], kind).toEqual([403, "forbidden"]);
    }
    const reply = await ask(route, path, holders[only]);
    expect(isSuccess(reply), reply.body).toBe(true);
  });

  test.each(guarded)("%s answers 403 to an operator, whose key opens nothing of a tenant", async (route) => {
    const reply = await ask(route, pathOf(route, await newIds()), operator.key);
    expect([reply.status, codeOf(reply)]).toEqual([403, "forbidden"]);
  });

  test.each(closed.filter(([route]) => /\/admin\/.*\{id\}/.test(route)))(
    "%s answers 404 to an operator for a tenant or an operator's key that does not exist",
    async (route) => {
      const reply = await ask(route, pathOf(route, nobodys), operator.key);
      expect([reply.status, codeOf(reply)]).toEqual([404, "not_found"]);
    },
  );

  test.each(closed.filter(([route]) => !route.includes("/admin/")))(
    "%s answers 403 to a key or token of a suspended tenant",
    async (route) => {
      const path = pathOf(route, nobodys);
      for (const credential of suspended) {
        const reply = await ask(route, path, credential);
        expect([reply.status, codeOf(reply)]).toEqual([403, "tenant_suspended"]);
      }
    },
  );

  test.each(guarded)(
    "%s answers 403 to a key or token of its tenant with every scope but its own",
    async (route, { opens }) => {
      const ids = await newIds();
      for (const credential of await credentials(
        "owner",
        scopes.filter((scope) => scope !== opens),
      )) {
        const reply = await ask(route, pathOf(route, ids), credential);
        expect([reply.status, codeOf(reply)]).toEqual([403, "forbidden"]);
        // No difference between what the caller may not touch and what does not exist.
        expect(await ask(route, pathOf(route, nobodys), credential)).toEqual(reply);
      }
    },
  );

  test.each(guarded)(
    "%s is open to a key or token with its scope alone, and those that it grants",
    async (route, { opens }) => {
      const tenant = `alone-${(made += 1)}`;
      const [ownKey = ""] = await credentials(tenant, scopes);
      const own = tenantWith(stack.url, ownKey);
      for (const credential of await credentials(tenant, [opens as Scope, ...(rows[route]?.grants ?? [])])) {
        const prompts = await own.prompt(`own-${(made += 1)}`);
        const ids = await idsOf(own, prompts);
        await letWait(stack, ids.nodes, /retry|abort/.test(route) ? "paused" : "waiting");
        const reply = await ask(route, pathOf(route, ids), credential, ids);
        expect(isSuccess(reply), reply.body).toBe(true);
      }
    },
  );

  test.each(guarded.filter(([route]) => route.includes("{")))(
    "%s answers 404 for another tenant's resource, in the words for one that does not exist",
    async (route) => {
      const ids = await newIds();
      const before = await stateOf(ids);
      for (const credential of await credentials("stranger", scopes)) {
        const reply = await ask(route, pathOf(route, ids), credential);
        expect([reply.status, codeOf(reply)]).toEqual([404, "not_found"]);
        expect(await ask(route, pathOf(route, nobodys), credential)).toEqual(reply);
      }
      expect(await stateOf(ids)).toEqual(before);
    },
  );

  test.each(guarded.filter(([route]) => !route.includes("{")))(
    "%s shows nothing of another tenant's",
    async (route) => {
      const ids = await newIds();
      const [credential = ""] = await credentials("stranger", scopes);
      const stranger = tenantWith(stack.url, credential);
      const own = inBody.has(route) ? await idsOf(stranger, await stranger.prompt(`prompt-${(made += 1)}`)) : nobodys;
      const reply = await ask(route, pathOf(route, ids), credential, own);
      expect(isSuccess(reply), reply.body).toBe(true);
      expect(reply.body).not.toMatch(new RegExp(Object.values(ids).join("|")));
    },
  );

  test("that takes an id in its query treats another tenant's like one that does not exist", async () => {
    const ids = await newIds();
    const [credential] = await credentials("stranger", scopes);
    const stranger = tenantWith(stack.url, String(credential));
    const { body: own } = await stranger.call("POST", "/webhooks", webhook);
    const takers = Object.entries(operations).flatMap(([route, { parameters = [] }]) =>
      parameters
        .filter(({ in: place, schema }) => place === "query" && schema.format === "uuid")
        .map(({ name }) => ({ route, name })),
    );
    expect(takers.map(({ route, name }) => `${route}?${name}`)).toEqual([
      "GET /admin/tenants?before",
      "GET /users?before",
      "GET /api-keys?before",
      ...["before", "actor", "object"].map((name) => `GET /audit?${name}`),
      ...["before", "actor", "object", "tenant"].map((name) => `GET /admin/audit?${name}`),
      "GET /admin/operators?before",
      "GET /webhooks/{id}/deliveries?before",
      "GET /prompts?before",
      "GET /workflows?before",
      ...["GET /experiments?before", "GET /files?before"],
      "GET /executions?before",
      "GET /executions?parent",
      "GET /executions?experiment",
      "GET /dead-letters?before",
    ]);
    for (const { route, name } of takers.filter((taker) => !taker.route.includes("/admin/"))) {
      const path = pathOf(route, { ...ids, webhooks: own.webhook.id as string });
      const kind = ofParameter[name] ?? (path.split("/").at(-1) as keyof Ids);
      const reply = await ask(route, `${path}?${name}=${NOBODYS}`, credential);
      expect(isSuccess(reply), reply.body).toBe(true);
      expect(await ask(route, `${path}?${name}=${ids[kind]}`, credential)).toEqual(reply);
    }
  });

  test("takes no id in its body, which the rows above would not try, but for those whose own tests do", () => {
    const taking = Object.entries(operations).filter(([, { requestBody }]) =>
      JSON.stringify(requestBody ?? {}).includes('"uuid"'),
    );
    expect(taking.map(([route]) => route).filter((route) => !inBody.has(route))).toEqual([]);
  });

  test("that is public answers without a credential, and only the listed ones do", async () => {
    const open = await Promise.all(
      Object.keys(rows).map(async (route) => (isSuccess(await ask(route, pathOf(route, nobodys))) ? [route] : [])),
    );
    const listed = Object.entries(rows).filter(([, { opens }]) => typeof opens === "object" && "public" in opens);
    expect(open.flat()).toEqual(listed.map(([route]) => route));
  });
});

describe("a WebSocket whose credential is in the address", () => {
  const path = async (credential: string): Promise<string> =>
    `${pathOf("GET /executions/{id}/stream", await newIds())}?access_token=${credential}`;

  test("opens with a token that has its scope, and with nothing else", async () => {
    const [key = "", token = ""] = await credentials("owner", ["executions:read"]);
    const [, other = ""] = await credentials(
      "owner",
      scopes.filter((scope) => scope !== "executions:read"),
    );
    const [, strangers = ""] = await credentials("stranger", scopes);
    const statusWith = async (credential: string): Promise<number> =>
      (await upgrade(stack.url, await path(credential))).status;
    expect(await statusWith(token)).toBe(101);
    // A key is not taken from an address, which is written down on its way.
    expect([await statusWith(key), await statusWith(`${token}x`)]).toEqual([401, 401]);
    expect(await statusWith(other)).toBe(403);
    expect(await statusWith(strangers)).toBe(404);
  });

  test("is told to upgrade when it did not ask to", async () => {
    const reply = await owner.call("GET", pathOf("GET /executions/{id}/stream", await newIds()));
    expect([reply.status, reply.headers.get("upgrade")]).toEqual([426, "websocket"]);
  });
});
