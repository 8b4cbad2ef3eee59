import { existsSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../platform/faults.ts";
import { portsOf } from "../platform/service.ts";
import { loadServices } from "../services/catalogue.ts";
import { writeNewFiles } from "./new-files.ts";
import { serviceFiles } from "./new-service-files.ts";

const NAME = /^[a-z]([-a-z0-9]{0,28}[a-z0-9])?$/;
const FIRST_PORT = 8080;
const METRICS_ABOVE = 1000;

/** `promptops new service NAME`: creates a folder that plans, tests and runs at once. Returns what to print. */
export async function newService(folder: string, name: string): Promise<string> {
  if (!NAME.test(name)) {
    throw new UserError(
      `'${name}' is not a valid service name: lower-case letters, digits and '-', at most 30. Choose another.`,
    );
  }
  if (existsSync(join(folder, "services", name)))
    throw new UserError(`services/${name} already exists. Choose another name.`);
  const files = serviceFiles(name, await freePorts());
  writeNewFiles(folder, files);
  return [
    ...Object.keys(files).map((path) => `created ${path}`),
    "",
    "  npx promptops check              plans it in every environment",
    `  npx vitest run test/services/${name}.test.ts   runs it on a real Postgres`,
    "  npx promptops dev                runs it together with the others",
    "",
    "docs/services.md describes the fields of a descriptor.",
    "",
  ].join("\n");
}

/** The first pair of ports that no service has. */
async function freePorts(): Promise<{ http: number; metrics: number }> {
  const taken = new Set((await loadServices()).flatMap((service) => portsOf(service).map(([, port]) => port)));
  let http = FIRST_PORT;
  while (taken.has(http) || taken.has(http + METRICS_ABOVE)) http++;
  return { http, metrics: http + METRICS_ABOVE };
}
