import { Ajv2020 } from "ajv/dist/2020.js";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type JsonSchema, valuesOf } from "../services/schema-values.ts";
import { type Answer, startStack, type Stack, type Tenant, textOf, until } from "../services/stack.ts";

interface Media {
  readonly schema: JsonSchema;
}
interface Response {
  readonly $ref?: string;
  readonly description?: string;
  readonly content?: Readonly<Record<string, Media>>;
  readonly headers?: object;
}
interface Operation {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: string;
    readonly required?: boolean;
    readonly schema: JsonSchema;
  }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, Media>> };
  readonly responses: Readonly<Record<string, Response>>;
}
interface Document {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, JsonSchema>> };
}

let stack: Stack;
let one: Tenant;
let document: Document;
let operations: { readonly method: string; readonly path: string; readonly operation: Operation }[];
const ajv = new Ajv2020({ strict: false, validateFormats: false });
beforeAll(async () => {
  // Its answers are short: a chat's request waits for them.
  const simulated = { name: "simulated", concurrency: 64, maxOutputTokens: 64 };
  stack = await startStack({ models: (url) => [{ ...simulated, endpoint: `${url}/v1` }] });
  one = await stack.tenant("one");
  document = (await (await fetch(`${stack.url}/openapi.json`)).json()) as Document;
  ajv.addSchema(document, "document");
  operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
  );
});
afterAll(async () => {
  await stack.stop();
});

const resolve = <Found>(ref: string): Found =>
  ref
    .slice(2)
    .split("/")
    .reduce<unknown>((inner, name) => (inner as Record<string, unknown>)[name], document) as Found;

/** What an answer has that the document does not say. */
function differences(answer: Answer<unknown>, { responses }: Operation): string[] {
  const { status, headers } = answer;
  const found = responses[String(status)] ?? responses[`${Math.floor(status / 100)}XX`];
  if (!found) return [`status ${status} is not documented`];
  const { content = {}, headers: documented = {} } = found.$ref === undefined ? found : resolve<Response>(found.$ref);
  const unknown = ["x-ratelimit-limit", "retry-after", "location", "allow", "idempotency-replayed"].filter(
    (name) => headers.has(name) && !(name in documented),
  );
  return [...unknown.map((name) => `header ${name} is not documented`), ...differencesOfBody(answer, content)];
}

function differencesOfBody({ headers, body }: Answer<unknown>, content: NonNullable<Response["content"]>): string[] {
  if (body === undefined) return Object.keys(content).length > 0 ? ["there is no body"] : [];
  const type = (headers.get("content-type") ?? "").split(";")[0] ?? "";
  const media = content[type];
  if (!media) return [`media type '${type}' is not documented`];
  // References are relative to the document.
  const schema = JSON.parse(JSON.stringify(media.schema).replaceAll('"#/', '"document#/')) as object;
  const validate = ajv.compile(schema);
  return validate(body) ? [] : [ajv.errorsText(validate.errors)];
}

describe("the OpenAPI document", () => {
  test("is of version 3.1, names each operation once, and describes its answers", () => {
    expect(document.openapi).toMatch(/^3\.1\./);
    const ids = operations.map(({ operation: { operationId } }) => operationId);
    expect(ids).toEqual(ids.map(() => expect.stringMatching(/^[a-z][A-Za-z]+$/)));
    expect(new Set(ids).size).toBe(ids.length);
    for (const { operation } of operations) {
      const failure = operation.tags.includes("openai")
        ? { content: { "application/json": { schema: { $ref: "#/components/schemas/ChatError" } } } }
        : { $ref: "#/components/responses/Problem" };
      expect(operation.responses).toMatchObject({ "4XX": failure, "5XX": failure });
      for (const { description, $ref } of Object.values(operation.responses))
        expect(description ?? $ref).not.toBe("Default Response");
    }
    expect(resolve("#/components/responses/Problem")).toMatchObject({
      content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
      headers: { "retry-after": { $ref: "#/components/headers/retry-after" } },
    });
  });

  test("has no reference that leads nowhere, and no component that nothing refers to", () => {
    const refs = [...JSON.stringify(document).matchAll(/"(#\/components\/[^"]+)"/g)].map(([, ref = ""]) => ref);
    expect(refs.filter((ref) => resolve(ref) === undefined)).toEqual([]);
    const unused = Object.keys(document.components.schemas).filter(
      (name) => !refs.includes(`#/components/schemas/${name}`),
    );
    expect(unused).toEqual([]);
  });

  test("has examples that its schemas allow", () => {
    let examples = 0;
    for (const [name, { examples: own = [] }] of Object.entries(
      document.components.schemas as Record<string, { examples?: unknown[] }>,
    )) {
      const validate = ajv.compile({ $ref: `document#/components/schemas/${name}` });
      for (const example of own) {
        expect(validate(example), `${name}: ${ajv.errorsText(validate.errors)}`).toBe(true);
        examples += 1;
      }
    }
    expect(examples).toBeGreaterThan(4);
  });

  test("describes the messages of a WebSocket as they come", async () => {
    const stream = operations.find(({ operation }) => operation.operationId === "followExecution")?.operation;
    expect(stream?.responses["101"]).toMatchObject({ "x-messages": { $ref: "#/components/schemas/StreamMessage" } });
    const events = await one.follow(await one.execute(await one.prompt("followed"), "x"));
    expect(textOf(events)).not.toBe("");
    const validate = ajv.compile({ $ref: "document#/components/schemas/StreamMessage" });
    for (const event of events) expect(validate(event), ajv.errorsText(validate.errors)).toBe(true);
  });
});

/** A request that the document allows, or one of which a part is replaced by what nothing allows. */
function requestsOf({ method, path, operation }: (typeof operations)[number], ids: readonly string[]) {
  const { parameters = [], requestBody } = operation;
  const values = (schema: JsonSchema): fc.Arbitrary<unknown> => valuesOf(schema, resolve, ids);
  const wrong = fc.oneof(fc.string(), fc.integer().map(String), fc.constant("\0"), fc.constant(""));
  const valueOf = (schema: JsonSchema) =>
    fc.oneof({ weight: 9, arbitrary: values(schema).map(String) }, { weight: 1, arbitrary: wrong });
  const given = Object.fromEntries(parameters.map(({ name, schema }) => [name, valueOf(schema)]));
  const required = parameters.flatMap(({ name, required: isRequired, in: place }) =>
    isRequired || place === "path" ? [name] : [],
  );
  const schema = requestBody?.content["application/json"]?.schema;
  const body = schema
    ? fc.oneof({ weight: 5, arbitrary: values(schema) }, { weight: 1, arbitrary: fc.jsonValue() })
    : fc.constant(undefined);
  return fc.record({ parameters: fc.record(given, { requiredKeys: required }), body }).map((sent) => {
    const inside = (place: string): [string, string][] =>
      parameters
        .filter((each) => each.in === place && sent.parameters[each.name] !== undefined)
        .map(({ name }) => [name, sent.parameters[name] ?? ""]);
    const url = inside("path").reduce(
      (before, [name, value]) => before.replace(`{${name}}`, encodeURIComponent(value)),
      path,
    );
    const headers = Object.fromEntries(inside("header").map(([name, value]) => [name, encodeURIComponent(value)]));
    const query = new URLSearchParams(inside("query").filter(([name]) => name !== "access_token")).toString();
    return { method, url: `${url}?${query}`, headers, body: sent.body };
  });
}

test("whatever is sent that the document allows, or nearly, is answered as the document says, and never with an error of ours", async () => {
  const prompt = await one.prompt("fuzzed", { messages: [{ role: "user", content: "x" }], variables: {} });
  const { body: stored } = await one.call<{ id: string }>("POST", "/workflows", {
    name: "fuzzed",
    graph: { nodes: [{ name: "pause", type: "wait", seconds: 3_600 }] },
  });
  // It does not end before it is cancelled.
  const { body: accepted } = await one.call<{ id: string }>("POST", `/workflows/${stored.id}/execute`, {});
  const execution = accepted.id;
  const statuses = new Map<string, Set<number>>();
  // Before versions are added that say something else.
  const inOrder = operations.toSorted(
    (first, second) =>
      Number(second.operation.operationId === "executePrompt") -
      Number(first.operation.operationId === "executePrompt"),
  );
  for (const each of inOrder) {
    const { operationId } = each.operation;
    const seen = new Set<number>();
    statuses.set(operationId, seen);
    await fc.assert(
      fc.asyncProperty(requestsOf(each, [prompt, stored.id, execution]), async ({ method, url, headers, body }) => {
        const answer = await one.call(method, url, body, headers);
        seen.add(answer.status);
        expect(answer.status, JSON.stringify(answer.body)).toBeLessThan(500);
        expect(differences(answer, each.operation), `${method} ${url} ${JSON.stringify(body)}`).toEqual([]);
      }),
      { numRuns: 60, seed: 20261129 },
    );
  }
  // What the document allows is taken: it does not only describe refusals.
  const taken = [...statuses]
    .filter(([, seen]) => [...seen].some((status) => status < 300))
    .map(([operation]) => operation);
  const neverTaken = operations.map(({ operation }) => operation.operationId).filter((id) => !taken.includes(id));
  // These need a token, an upgrade, a refresh token, a dead letter, a node that waits, an operator's key, a user's token, a password, an
  // invitation, the id of a user, an API key, a webhook, a file, an export, a dataset, an evaluator or an experiment, a host on the internet, or the name of a
  // model of the tenant's own: which no schema makes.
  expect(neverTaken.toSorted()).toEqual([
    ...["abortNode", "acceptInvitation", "addItems", "approveNode", "cancelExperiment"],
    ...["changePassword", "changeUser", "changeWebhook", "createCustomModel", "createExperiment"],
    ...["createTenant", "createWebhook", "deleteCustomModel", "deleteFile", "deleteWebhook", "endSession"],
    ...["eraseTenant", "exportOwnUser", "exportUser", "followExecution", "inviteUserAgain"],
    ...["listItems", "listOperatorKeys", "listOperatorsAuditEvents", "listTenants", "listWebhookDeliveries"],
    ...["logIn", "readAuditExport", "readCustomModel", "readDataset", "readEvaluator", "readExperiment"],
    ...["readExperimentItems", "readFile", "readSignedInUser", "readTenant", "readUsageExport", "readWebhook"],
    ...["readWebhookDelivery", "refreshSession", "rejectNode", "removeGate", "removeItem", "removeUser"],
    ...["replaceCustomModel", "rerunDeadLetter", "resendWebhook", "resetPassword", "resumeTenant"],
    ...["retryNode", "revokeApiKey", "revokeOperatorKey", "rotateWebhookSecret", "setGate"],
    ...["setTenantLimits", "suspendTenant", "testWebhook"],
  ]);
  await until("nothing to be broken", async () =>
    (await fetch(`${stack.url}/health/ready`)).status === 200 ? true : undefined,
  );
});
