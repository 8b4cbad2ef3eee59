import { type Cloud, clouds } from "../../platform/clouds.ts";
import { UserError } from "../../platform/faults.ts";
import { suggestion } from "../closest.ts";
import { defineCommand } from "../command.ts";
import { requireCheckout } from "../require-checkout.ts";

const KINDS = ["service", "environment", "addon"];

export const create = defineCommand({
  name: "new",
  summary: "creates a service, an environment or an add-on that can be planned at once",
  description: `service      services/<name>: a descriptor, code that reads its own database, its first migration,
             and a test that runs it as a process on a real Postgres
environment  Pulumi.<name>.yaml: a valid file, in which placeholders are marked
addon        addons/<name>: a minimal descriptor`,
  arguments: { usage: `${KINDS.join("|")} NAME`, description: "lower-case letters, digits and '-'", min: 2, max: 2 },
  options: {
    cloud: {
      type: "string",
      value: "CLOUD",
      description: `the cloud of a new environment: ${clouds.join(", ")}`,
      default: "local",
    },
  },
  examples: [
    "promptops new service reports",
    "promptops new environment canary --cloud aws",
    "promptops new addon descheduler",
  ],
  status: { 0: "the files are written", 2: "the command line is invalid; nothing was written" },
  async run({ folder, arguments: [kind = "", name = ""], options: { cloud } }) {
    if (kind !== "environment" && cloud !== undefined) throw new UserError("--cloud belongs to 'new environment'.");
    process.stdout.write(await made(kind, name, { folder, cloud: knownCloud(cloud) }));
    return 0;
  },
});

async function made(
  kind: string,
  name: string,
  { folder, cloud }: { readonly folder: string; readonly cloud: Cloud | undefined },
): Promise<string> {
  switch (kind) {
    case "service":
      requireCheckout("new service");
      return (await import("../new-service.ts")).newService(folder, name);
    case "environment":
      return (await import("../new-environment.ts")).newEnvironment(folder, name, cloud);
    case "addon":
      requireCheckout("new addon");
      return (await import("../new-addon.ts")).newAddon(folder, name);
    default:
      throw new UserError(`'${kind}' cannot be created.${suggestion(kind, KINDS)} Create one of ${KINDS.join(", ")}.`);
  }
}

function knownCloud(name: string | undefined): Cloud | undefined {
  const cloud = clouds.find((each) => each === name);
  if (name !== undefined && cloud === undefined)
    throw new UserError(`'${name}' is not a cloud.${suggestion(name, clouds)} The clouds are ${clouds.join(", ")}.`);
  return cloud;
}
