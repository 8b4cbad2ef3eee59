import { UserError } from "../../platform/faults.ts";
import { suggestion } from "../closest.ts";
import { defineCommand } from "../command.ts";

const verbs = ["create", "list", "show", "suspend", "resume", "erase", "limits"] as const;
type Verb = (typeof verbs)[number];

export const tenant = defineCommand({
  name: "tenant",
  summary: "creates and administers the tenants of a running platform",
  description: `Calls the API at PROMPTOPS_URL with the operator's key in PROMPTOPS_OPERATOR_KEY. A tenant is given by its name or its id.
'create' prints an API key, and with --owner an invitation; both are shown only once. A suspended tenant's credentials are
refused within seconds, and its executions are not started. 'erase' permanently deletes all data of a tenant: it needs the
tenant's id, and the id again as --confirm.`,
  arguments: {
    usage: "<what> [tenant] [limit=value...]",
    description: `what: ${verbs.join(", ")}
limit: softMonthlyTokens, hardMonthlyTokens, softMonthlyMicroUsd, hardMonthlyMicroUsd,
maxRunning (a number or 'none'), maxExecutions, maxBytes, maxFiles, maxFileBytes,
maxStoredBytes, weight (a number)`,
    min: 1,
    max: 10,
  },
  options: {
    owner: { type: "string", value: "EMAIL", description: "with 'create': invites the tenant's first owner" },
    confirm: { type: "string", value: "ID", description: "with 'erase': the tenant's id again" },
  },
  examples: [
    "promptops tenant create acme --owner ada@example.com",
    "promptops tenant limits acme hardMonthlyTokens=10000000 hardMonthlyMicroUsd=none",
    "promptops tenant suspend acme",
  ],
  status: { 0: "done", 2: "the command line is invalid, or the API refused the request or cannot be reached" },
  async run({ arguments: [verb = "", ...others], options: { owner, confirm } }) {
    if (!isVerb(verb))
      throw new UserError(
        `'promptops tenant' cannot '${verb}'.${suggestion(verb, verbs)} It can ${verbs.join(", ")}. Run 'promptops tenant --help'.`,
      );
    if (owner !== undefined && verb !== "create")
      throw new UserError("'--owner' belongs to 'promptops tenant create'.");
    if (confirm !== undefined && verb !== "erase")
      throw new UserError("'--confirm' belongs to 'promptops tenant erase'.");
    await (await import("../tenant.ts")).administerTenants({ verb, arguments: others, owner, confirm });
    return 0;
  },
});

const isVerb = (verb: string): verb is Verb => (verbs as readonly string[]).includes(verb);
