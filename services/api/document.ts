import { jsonSchemaTransformObject } from "fastify-type-provider-zod";
import { problemDocument } from "./schemas.ts";

/** How a route declares that it may answer with a problem. */
export const problemResponse = {
  description: "A problem (RFC 9457).",
  content: { "application/problem+json": { schema: problemDocument } },
};

interface Header {
  readonly description: string;
  readonly schema: { readonly type: "integer" | "string"; readonly const?: string };
}
const headers: Readonly<Record<string, Header>> = {
  "x-request-id": { description: "Identifies the request in audit events and logs.", schema: { type: "string" } },
  "retry-after": { description: "Seconds after which the same request may succeed.", schema: { type: "integer" } },
  "x-ratelimit-limit": { description: "The limit of requests per minute.", schema: { type: "integer" } },
  "x-ratelimit-remaining": {
    description: "The remaining requests in the current minute.",
    schema: { type: "integer" },
  },
  "x-ratelimit-reset": { description: "Seconds until the next minute.", schema: { type: "integer" } },
  allow: { description: "The methods that the path supports, with status 405.", schema: { type: "string" } },
  location: { description: "The path of the execution.", schema: { type: "string" } },
  "idempotency-replayed": {
    description: "The request was already accepted with the same Idempotency-Key.",
    schema: { type: "string", const: "true" },
  },
  "x-budget-warning": {
    description:
      "The soft limits of the month's budget that have been reached: `tokens`, `microUsd`, or `tokens, microUsd`.",
    schema: { type: "string" },
  },
};
const OF_ALL = ["x-request-id", "x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset"] as const;
const OF_PROBLEMS = ["retry-after", "allow", ...OF_ALL] as const;
/** Additional parts of an answer, by operation and status. */
const OF_ANSWERS: Readonly<Record<string, readonly string[]>> = {
  "executePrompt 202": ["location", "idempotency-replayed", "x-budget-warning"],
  "executeWorkflow 202": ["location", "idempotency-replayed", "x-budget-warning"],
  "createChatCompletion 200": ["location", "idempotency-replayed", "x-budget-warning"],
  "rerunDeadLetter 202": ["location"],
};

const DESCRIPTIONS: Readonly<Record<string, string>> = {
  "200": "The request succeeded.",
  "201": "The resource was created.",
  "202": "The execution was accepted: it is committed, and runs later.",
  "204": "The request succeeded.",
  "503": "The check failed.",
};

type Response = Record<string, unknown>;
interface Operation {
  readonly operationId?: string;
  readonly tags?: readonly string[];
  readonly responses?: Record<string, Response>;
}

interface Document {
  readonly components?: { readonly schemas?: object };
  readonly paths?: Record<string, Record<string, Operation>>;
}

/** Adds to the document what schemas of routes cannot say: shared components, headers, and the messages of a WebSocket. */
export function completeDocument(input: Parameters<typeof jsonSchemaTransformObject>[0]): object {
  const document = jsonSchemaTransformObject(input) as Document;
  for (const operation of Object.values(document.paths ?? {}).flatMap((methods) => Object.values(methods)))
    completeOperation(operation);
  const components = { ...document.components, schemas: usedSchemas(document) };
  return {
    ...document,
    components: {
      ...components,
      headers,
      responses: {
        Problem: {
          ...problemResponse,
          content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
          headers: headersOf(OF_PROBLEMS),
        },
      },
    },
  };
}

/** The schemas that something refers to: each has a form for requests and one for answers, and most are used in one place alone. */
function usedSchemas({ components, paths }: Document): Record<string, unknown> {
  const all = (components?.schemas ?? {}) as Record<string, unknown>;
  const used = new Set<string>(["Problem"]);
  const find = (value: unknown): void => {
    for (const [, name = ""] of JSON.stringify(value).matchAll(/"#\/components\/schemas\/([^"]+)"/g)) {
      if (used.has(name)) continue;
      used.add(name);
      find(all[name]);
    }
  };
  find(paths);
  return Object.fromEntries(Object.entries(all).filter(([name]) => used.has(name)));
}

function completeOperation(operation: Operation): void {
  const { operationId, responses = {} } = operation;
  for (const [status, response] of Object.entries(responses)) {
    response["description"] = DESCRIPTIONS[status] ?? response["description"];
    if (/^[45]XX$/.test(status)) responses[status] = failureOf(response);
    else addHeaders(status, response, operation);
  }
  if (operationId === "createChatCompletion") addChunks(responses["200"]);
  if (operationId === "followExecution") Object.assign(responses, streamResponses());
}

function addHeaders(status: string, response: Response, { operationId = "", tags = [] }: Operation): void {
  if (tags.includes("health")) return;
  response["headers"] = headersOfAnswer(`${operationId} ${status}`);
}

function streamResponses(): Record<string, Response> {
  const message = { $ref: "#/components/schemas/StreamMessage" };
  return {
    "200": {
      description:
        "Server-sent events up to the last one: 'id' is the event's number, 'event' its type, 'data' the message as JSON.",
      headers: headersOf(OF_ALL),
      content: { "text/event-stream": { schema: { type: "string" }, "x-messages": message } },
    },
    "204": { description: "No events follow: 'after' is the last one.", headers: headersOf(OF_ALL) },
    "101": {
      description: "The connection becomes a WebSocket, which sends messages up to the last event.",
      "x-messages": message,
    },
  };
}

/** A chat completion whose request says `stream` is answered in chunks. */
function addChunks(response: Response | undefined): void {
  const stream = {
    schema: { type: "string", description: "OpenAI's chunks as server-sent events. The last one is 'data: [DONE]'." },
  };
  Object.assign(response?.["content"] as object, { "text/event-stream": stream });
}

const failureOf = (response: Response): Response =>
  response["description"] === problemResponse.description
    ? { $ref: "#/components/responses/Problem" }
    : { ...response, headers: headersOf(OF_PROBLEMS) };

const headersOfAnswer = (answer: string): object => headersOf([...OF_ALL, ...(OF_ANSWERS[answer] ?? [])]);

const headersOf = (names: readonly string[]): object =>
  Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]));
