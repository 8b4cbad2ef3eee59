import type { Scope } from "../../services/api/caller.ts";
import { scopesOfRole } from "../../services/api/roles.ts";
import { newSession } from "./invalid-credentials.ts";
import type { Tenant } from "./stack.ts";

/** A route of the API, and what it should ask for. */
export interface Row {
  /** The one scope that opens the route, the one kind of credential, or why it asks for none. */
  readonly opens:
    Scope | { readonly only: "API key" | "token" | "user's token" | "operator's key" } | { readonly public: string };
  /** Scopes that the request grants, and that the caller needs for it. */
  readonly grants?: readonly Scope[];
  readonly body?: (given: Given) => object | Promise<object>;
  readonly webSocket?: true;
}

/** What a body may be made of. */
interface Given {
  readonly owner: Tenant;
  readonly path: string;
  /** What the caller has, or of nobody. */
  readonly ids: Ids;
}

const OPERATOR = { only: "operator's key" } as const;
const VIEWING = scopesOfRole.viewer;
const PASSWORD = "a password of the tests";
let made = 0;
const version = { model: "simulated", messages: [{ role: "user", content: "of nobody" }] };
export const customModel = { protocol: "openai", url: "https://models.example/v1", servedAs: "large" };
export const webhook = { url: "https://hooks.example/events", events: ["execution.failed"] };
export const newFile = { name: "a.txt", contentType: "text/plain", bytes: 1 };
const graph = { nodes: [{ name: "agreed", type: "approval" }] };
/** What the API's routes should ask for: a route that is not listed here fails the first test. */
export const rows: Readonly<Record<string, Row>> = {
  "GET /openapi.json": { opens: { public: "callers learn from it how to authenticate" } },
  "GET /health/live": { opens: { public: "the kubelet has no credential" } },
  "GET /health/ready": { opens: { public: "the kubelet has no credential" } },
  "GET /health/startup": { opens: { public: "the kubelet has no credential" } },
  "POST /tokens": { opens: { only: "API key" } },
  "POST /tokens/refresh": {
    opens: { public: "the body is the credential" },
    body: async ({ owner }) => ({ refreshToken: (await newSession(owner)).refreshToken }),
  },
  "POST /logout": { opens: { only: "token" } },
  "POST /login": {
    opens: { public: "the body is the credential" },
    body: async ({ owner }) => ({ organization: "owner", email: (await newUser(owner)).email, password: PASSWORD }),
  },
  "POST /invitations/accept": {
    opens: { public: "the body is the credential" },
    body: async ({ owner }) => ({
      ...{ invitation: await invitation(owner, `accepting-${(made += 1)}@example.com`), password: PASSWORD },
    }),
  },
  "GET /admin/tenants": { opens: OPERATOR },
  "POST /admin/tenants": { opens: OPERATOR, body: () => ({ name: `another-${(made += 1)}` }) },
  "GET /admin/tenants/{id}": { opens: OPERATOR },
  "PATCH /admin/tenants/{id}/limits": { opens: OPERATOR, body: () => ({ weight: 2 }) },
  "POST /admin/tenants/{id}/suspend": { opens: OPERATOR },
  "POST /admin/tenants/{id}/resume": { opens: OPERATOR },
  "POST /admin/tenants/{id}/erase": { opens: OPERATOR, body: ({ path }) => ({ confirm: path.split("/")[3] }) },
  "GET /admin/operators": { opens: OPERATOR },
  "POST /admin/operators/{id}/revoke": { opens: OPERATOR },
  "GET /admin/audit": { opens: OPERATOR },
  "GET /audit": { opens: "audit:read" },
  "GET /audit/export": { opens: "audit:read" },
  "GET /organization/export": { opens: "organization:export" },
  "GET /users": { opens: "users:read" },
  "POST /users": {
    ...{ opens: "users:write", grants: VIEWING },
    body: () => ({ email: `invited-${(made += 1)}@example.com`, role: "viewer" }),
  },
  "POST /users/{id}/invitation": { opens: "users:write", grants: VIEWING },
  "POST /users/{id}/password-reset": { opens: "users:write", grants: VIEWING },
  "GET /users/me": { opens: { only: "user's token" } },
  "PUT /users/me/password": {
    opens: { only: "user's token" },
    body: () => ({ currentPassword: PASSWORD, newPassword: PASSWORD }),
  },
  "GET /users/{id}/export": { opens: "users:read", grants: ["audit:read"] },
  "GET /users/me/export": { opens: { only: "user's token" } },
  "PATCH /users/{id}": { opens: "users:write", grants: VIEWING, body: () => ({ suspended: true }) },
  "DELETE /users/{id}": { opens: "users:write", grants: VIEWING },
  "GET /api-keys": { opens: "keys:read" },
  "POST /api-keys": {
    ...{ opens: "keys:write", grants: ["prompts:read"] },
    body: () => ({ name: "another", scopes: ["prompts:read"] }),
  },
  "POST /api-keys/{id}/revoke": { opens: "keys:write" },
  "GET /models": { opens: "prompts:read" },
  "POST /v1/chat/completions": { opens: "executions:write", body: () => ({ ...version, stream: true }) },
  "GET /v1/models": { opens: "prompts:read" },
  "GET /v1/models/{model}": { opens: "prompts:read" },
  "GET /custom-models": { opens: "models:read" },
  "POST /custom-models": { opens: "models:write", body: () => ({ name: `another-${(made += 1)}`, ...customModel }) },
  "GET /custom-models/{name}": { opens: "models:read" },
  "PUT /custom-models/{name}": { opens: "models:write", body: () => customModel },
  "DELETE /custom-models/{name}": { opens: "models:write" },
  "GET /webhooks": { opens: "webhooks:read" },
  "POST /webhooks": { opens: "webhooks:write", body: () => webhook },
  "GET /webhooks/{id}": { opens: "webhooks:read" },
  "PATCH /webhooks/{id}": { opens: "webhooks:write", body: () => ({ description: "changed" }) },
  "DELETE /webhooks/{id}": { opens: "webhooks:write" },
  "POST /webhooks/{id}/rotate-secret": { opens: "webhooks:write" },
  "POST /webhooks/{id}/test": { opens: "webhooks:write" },
  "GET /webhooks/{id}/deliveries": { opens: "webhooks:read" },
  "GET /webhooks/{id}/deliveries/{delivery}": { opens: "webhooks:read" },
  "POST /webhooks/{id}/deliveries/{delivery}/resend": { opens: "webhooks:write" },
  "GET /files": { opens: "files:read" },
  "POST /files": { opens: "files:write", body: () => newFile },
  "GET /files/{id}": { opens: "files:read" },
  "DELETE /files/{id}": { opens: "files:write" },
  "GET /prompts": { opens: "prompts:read" },
  "POST /prompts": { opens: "prompts:write", body: () => ({ name: `another-${(made += 1)}`, ...version }) },
  "GET /prompts/{id}": { opens: "prompts:read" },
  "POST /prompts/{id}/versions": { opens: "prompts:write", body: () => version },
  "GET /prompts/{id}/versions/{version}": { opens: "prompts:read" },
  "GET /prompts/{id}/labels": { opens: "prompts:read" },
  "PUT /prompts/{id}/labels/{label}": { opens: "prompts:write", body: () => ({ version: 2 }) },
  "DELETE /prompts/{id}/labels/{label}": { opens: "prompts:write" },
  "GET /prompts/{id}/gates": { opens: "prompts:read" },
  "GET /prompts/{id}/overrides": { opens: "prompts:read" },
  "PUT /prompts/{id}/labels/{label}/gate": {
    opens: "gates:write",
    body: ({ ids }) => ({ datasetId: ids.datasets, evaluatorId: ids.evaluators, minMean: 0.5 }),
  },
  "DELETE /prompts/{id}/labels/{label}/gate": { opens: "gates:write" },
  "POST /prompts/{id}/execute": { opens: "executions:write", body: () => ({ variables: { text: "again" } }) },
  "GET /datasets": { opens: "evaluations:read" },
  "POST /datasets": { opens: "evaluations:write", body: () => ({ name: `another-${(made += 1)}` }) },
  "GET /datasets/{id}": { opens: "evaluations:read" },
  "GET /datasets/{id}/items": { opens: "evaluations:read" },
  "POST /datasets/{id}/items": { opens: "evaluations:write", body: () => ({ items: [{ variables: {} }] }) },
  "DELETE /datasets/{id}/items/{item}": { opens: "evaluations:write" },
  "GET /evaluators": { opens: "evaluations:read" },
  "POST /evaluators": {
    opens: "evaluations:write",
    body: () => ({ name: `another-${(made += 1)}`, definition: { type: "contains" } }),
  },
  "GET /evaluators/{id}": { opens: "evaluations:read" },
  "GET /experiments": { opens: "evaluations:read" },
  "POST /experiments": { opens: "evaluations:write", body: ({ ids }) => experimentOf(ids) },
  "GET /experiments/{id}": { opens: "evaluations:read" },
  "GET /experiments/{id}/items": { opens: "evaluations:read" },
  "POST /experiments/{id}/cancel": { opens: "evaluations:write" },
  "GET /workflows": { opens: "workflows:read" },
  "POST /workflows": { opens: "workflows:write", body: () => ({ name: `another-${(made += 1)}`, graph }) },
  "GET /workflows/{id}": { opens: "workflows:read" },
  "POST /workflows/{id}/versions": { opens: "workflows:write", body: () => ({ graph }) },
  "GET /workflows/{id}/versions/{version}": { opens: "workflows:read" },
  "POST /workflows/{id}/execute": { opens: "executions:write", body: () => ({}) },
  "POST /executions/{id}/nodes/{node}/approve": { opens: "executions:write", body: () => ({}) },
  "POST /executions/{id}/nodes/{node}/reject": { opens: "executions:write", body: () => ({}) },
  "POST /executions/{id}/nodes/{node}/retry": { opens: "executions:write", body: () => ({}) },
  "POST /executions/{id}/nodes/{node}/abort": { opens: "executions:write", body: () => ({}) },
  "GET /executions": { opens: "executions:read" },
  "GET /executions/{id}": { opens: "executions:read" },
  "GET /executions/{id}/events": { opens: "executions:read" },
  "POST /executions/{id}/cancel": { opens: "executions:write" },
  "GET /usage": { opens: "executions:read" },
  "GET /usage/daily": { opens: "executions:read" },
  "GET /usage/export": { opens: "executions:read" },
  "GET /usage/exports": { opens: "executions:read" },
  "POST /usage/exports": { opens: "executions:read", body: () => ({}) },
  "GET /usage/exports/{id}": { opens: "executions:read" },
  "GET /audit/exports": { opens: "audit:read" },
  "POST /audit/exports": { opens: "audit:read", body: () => ({}) },
  "GET /audit/exports/{id}": { opens: "audit:read" },
  "GET /dead-letters": { opens: "executions:read" },
  "POST /dead-letters/{id}/rerun": { opens: "executions:write", body: () => ({}) },
  "GET /executions/{id}/stream": { opens: "executions:read", webSocket: true },
};
/** A new experiment of what somebody has. */
export const experimentOf = ({
  prompts,
  datasets,
  evaluators,
}: Pick<Ids, "prompts" | "datasets" | "evaluators">): object => ({
  ...{ name: `another-${(made += 1)}`, datasetId: datasets, evaluatorIds: [evaluators] },
  candidates: [{ promptId: prompts }],
});

/** An invitation of a new user of an organization. */
async function invitation(owner: Tenant, email: string): Promise<string> {
  return (await owner.call("POST", "/users", { email, role: "viewer" })).body.invitation as string;
}

/** A new user of an organization, with a token of its session. */
export async function newUser(owner: Tenant): Promise<{ readonly email: string; readonly token: string }> {
  const email = `login-${(made += 1)}@example.com`;
  const accepted = { invitation: await invitation(owner, email), password: PASSWORD };
  return { email, token: (await owner.call("POST", "/invitations/accept", accepted)).body.token as string };
}

const kinds = [
  "prompts",
  "workflows",
  "datasets",
  "evaluators",
  "experiments",
  "executions",
  "dead-letters",
  "nodes",
  "users",
  "api-keys",
  "tenants",
  "operators",
  "audit",
  "custom-models",
  "files",
  "usage-exports",
  "audit-exports",
  "webhooks",
  "deliveries",
] as const;
export type Ids = Readonly<Record<(typeof kinds)[number], string>>;

export const NOBODYS = "00000000-0000-4000-8000-000000000000";
export const nobodys = {
  ...Object.fromEntries(kinds.map((kind) => [kind, NOBODYS])),
  "custom-models": "nobodys",
} as Ids;

/** `GET /prompts/{id}` as a request for the prompt among the ids. */
export function pathOf(route: string, ids: Ids): string {
  const [, path = ""] = route.split(" ");
  return path
    .replace("/admin/tenants/{id}", `/admin/tenants/${ids.tenants}`)
    .replace("/admin/operators/{id}", `/admin/operators/${ids.operators}`)
    .replace("/executions/{id}/nodes/{node}", `/executions/${ids.nodes}/nodes/agreed`)
    .replace(
      /^\/(usage|audit)\/exports\/\{id\}/,
      (_, kind: "usage" | "audit") => `/${kind}/exports/${ids[`${kind}-exports`]}`,
    )
    .replace("/custom-models/{name}", `/custom-models/${ids["custom-models"]}`)
    .replace(/^\/([-\w]+)\/\{id\}/, (_, kind: keyof Ids) => `/${kind}/${ids[kind]}`)
    .replace("{version}", "1")
    .replace("{label}/gate", "gated/gate")
    .replace("{label}", "production")
    .replace("{item}", "1")
    .replace("{delivery}", ids.deliveries)
    .replace("{model}", encodeURIComponent(`custom/${ids["custom-models"]}`));
}
