import { z } from "zod";
import { UserError } from "../platform/faults.ts";
import { problemDocument } from "../services/api/schemas.ts";
import { tenant, type Tenant } from "../services/api/tenants.ts";

export type { Tenant } from "../services/api/tenants.ts";

/** Milliseconds after which the API is taken for lost. */
const TIMEOUT = 30_000;
/** Tenants that are asked for at once. */
const PAGE = 100;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

const page = z.object({ tenants: z.array(tenant) });
const created = z.object({ tenant, apiKey: z.string(), invitation: z.string().nullable() });

/** The admin API of a platform that runs. Whatever it refuses is a UserError. */
export class AdminApi {
  private constructor(
    private readonly url: string,
    private readonly key: string,
  ) {}

  /** The API that PROMPTOPS_URL and PROMPTOPS_OPERATOR_KEY name. Throws a UserError. */
  static fromEnvironment(
    { PROMPTOPS_URL: url, PROMPTOPS_OPERATOR_KEY: key }: NodeJS.ProcessEnv = process.env,
  ): AdminApi {
    if (url === undefined || !/^https?:/.test(url) || !URL.canParse(url))
      throw new UserError(
        `PROMPTOPS_URL is '${url ?? ""}'; it must be the API's address. Set it, such as https://api.example.com.`,
      );
    if (key === undefined || key === "")
      throw new UserError(
        "PROMPTOPS_OPERATOR_KEY is not set. Set it to an operator's key: docs/how-to/first-operator.md.",
      );
    return new AdminApi(url.replace(/\/+$/, ""), key);
  }

  async *list(): AsyncGenerator<Tenant> {
    let before = "";
    for (;;) {
      const { tenants } = await this.#call("GET", `?limit=${PAGE}${before}`, page);
      yield* tenants;
      const last = tenants.at(-1);
      if (!last || tenants.length < PAGE) return;
      before = `&before=${last.id}`;
    }
  }

  /** The tenant of a name or an id. */
  async find(nameOrId: string): Promise<Tenant> {
    if (UUID.test(nameOrId)) return this.#call("GET", `/${nameOrId}`, tenant);
    const { tenants } = await this.#call("GET", `?name=${encodeURIComponent(nameOrId)}`, page);
    if (tenants[0]) return tenants[0];
    throw new UserError(`Tenant '${nameOrId}' does not exist. List tenants with 'promptops tenant list'.`);
  }

  create(name: string, ownerEmail: string | undefined): Promise<z.output<typeof created>> {
    return this.#call("POST", "", created, { name, ...(ownerEmail !== undefined && { ownerEmail }) });
  }

  change(id: string, how: "suspend" | "resume"): Promise<Tenant> {
    return this.#call("POST", `/${id}/${how}`, tenant);
  }

  setLimits(id: string, limits: Readonly<Record<string, number | null>>): Promise<Tenant> {
    return this.#call("PATCH", `/${id}/limits`, tenant, limits);
  }

  erase(id: string): Promise<Tenant> {
    if (!UUID.test(id)) throw new UserError(`'${id}' is not a tenant's id. List tenants with 'promptops tenant list'.`);
    return this.#call("POST", `/${id}/erase`, tenant, { confirm: id });
  }

  async #call<Answer>(method: string, path: string, schema: z.ZodType<Answer>, body?: object): Promise<Answer> {
    const address = `${this.url}/admin/tenants${path}`;
    const answer = await fetch(address, {
      method,
      headers: { authorization: `Bearer ${this.key}`, ...(body && { "content-type": "application/json" }) },
      ...(body && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(TIMEOUT),
    }).catch((error: unknown) => {
      throw new UserError(`${this.url} cannot be reached (${reasonOf(error)}). Check PROMPTOPS_URL.`, { cause: error });
    });
    const text = await answer.text();
    if (!answer.ok) throw new UserError(refusal(answer.status, text));
    const parsed = schema.safeParse(parseJson(text));
    if (parsed.success) return parsed.data;
    throw new UserError(`${address} did not answer like the API. Check PROMPTOPS_URL.`, { cause: parsed.error });
  }
}

/** What an answer other than a success says, in the words of its problem document if it is one. */
function refusal(status: number, text: string): string {
  const { data } = problemDocument.safeParse(parseJson(text));
  if (!data) return `The API answered ${status} without a reason. Check PROMPTOPS_URL.`;
  const faults = (data.faults ?? []).map(({ path, message }) => `  ${path.replace(/^body\//, "")}: ${message}`);
  return [`${data.title}${data.detail === undefined ? "" : ` ${data.detail}`}`, ...faults].join("\n");
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Node's fetch says "fetch failed", and why in its cause. */
function reasonOf(error: unknown): string {
  const { cause = error } = error as { cause?: unknown };
  return (cause as { code?: string }).code ?? (cause as Error).message;
}
