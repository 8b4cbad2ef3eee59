import { UserError } from "../platform/faults.ts";
import { allLimits } from "../services/api/tenant-limits.ts";
import { AdminApi, type Tenant } from "./admin-api.ts";
import { columns } from "./command.ts";

interface Call {
  readonly verb: "create" | "list" | "show" | "suspend" | "resume" | "erase" | "limits";
  readonly arguments: readonly string[];
  readonly owner: string | undefined;
  readonly confirm: string | undefined;
}

/** Does what a call of `promptops tenant` asks for, and prints the result. Throws a UserError. */
export async function administerTenants(call: Call): Promise<void> {
  const { verb, arguments: given } = call;
  const [name, ...others] = given;
  if (verb === "list") {
    requireNoMore(verb, given);
    return list(AdminApi.fromEnvironment());
  }
  if (name === undefined) throw new UserError(`Name the tenant: promptops tenant ${verb} <tenant>.`);
  if (verb === "limits") return setLimits(name, others);
  requireNoMore(verb, others);
  if (verb === "create") return create(name, call.owner);
  if (verb === "erase") return erase(name, call.confirm);
  const api = AdminApi.fromEnvironment();
  const found = await api.find(name);
  print(verb === "show" ? found : await api.change(found.id, verb));
}

async function list(api: AdminApi): Promise<void> {
  const rows: string[][] = [];
  for await (const { id, name, state } of api.list()) rows.push([name, `${id}  ${state}`]);
  write(rows.length === 0 ? "No tenants exist. Create one: promptops tenant create <name>." : columns(rows).join("\n"));
}

async function create(name: string, owner: string | undefined): Promise<void> {
  const { tenant, apiKey, invitation } = await AdminApi.fromEnvironment().create(name, owner);
  write(`Tenant '${tenant.name}' (${tenant.id}) is created. The following is shown only once.`);
  write(`API key: ${apiKey}`);
  if (invitation !== null) write(`Invitation of ${owner ?? ""}: ${invitation}`);
}

async function erase(id: string, confirm: string | undefined): Promise<void> {
  if (confirm !== id)
    throw new UserError(
      `All data of tenant '${id}' would be permanently deleted. To do so, give its id twice: promptops tenant erase ID --confirm ID.`,
    );
  const { erasure } = await AdminApi.fromEnvironment().erase(id);
  write(
    `Tenant ${id} is suspended. It is erased from ${erasure?.dueAt ?? "now"} on; 'promptops tenant show ${id}' says when that is done.`,
  );
}

async function setLimits(name: string, given: readonly string[]): Promise<void> {
  if (given.length === 0) throw new UserError("Name a limit and its value, such as hardMonthlyTokens=10000000.");
  const limits = Object.fromEntries(given.map(parseLimit));
  const api = AdminApi.fromEnvironment();
  print(await api.setLimits((await api.find(name)).id, limits));
}

function parseLimit(text: string): [string, number | null] {
  const [, name = text, value = ""] = /^([^=]*)=(.*)$/.exec(text) ?? [];
  const names = Object.keys(allLimits.shape);
  if (!names.includes(name)) throw new UserError(`'${name}' is not a limit. The limits are ${names.join(", ")}.`);
  if (value === "none") return [name, null];
  if (!/^\d+(\.\d+)?$/.test(value))
    throw new UserError(`${name} is '${value}'; it must be a number, or 'none' to lift it. Write ${name}=<number>.`);
  return [name, Number(value)];
}

function requireNoMore(verb: string, given: readonly string[]): void {
  if (given.length === 0) return;
  throw new UserError(`'promptops tenant ${verb}' does not take '${given.join(" ")}'. Run 'promptops tenant --help'.`);
}

function print({ id, name, state, createdAt, suspendedAt, limits, erasure }: Tenant): void {
  const rows = [
    ["id", id],
    ["name", name],
    ["state", state],
    ["created", createdAt],
    ...(suspendedAt === null ? [] : [["suspended", suspendedAt]]),
    ...(erasure === null
      ? []
      : [
          [
            "erasure",
            `${erasure.rows} rows, ${erasure.finishedAt === null ? "not done" : `done ${erasure.finishedAt}`}`,
          ],
        ]),
    ...Object.entries(limits).map(([limit, value]) => [limit, value === null ? "none" : String(value)]),
  ];
  write(columns(rows).join("\n"));
}

const write = (text: string): void => void process.stdout.write(`${text}\n`);
