import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../platform/faults.ts";
import { portsOf } from "../platform/service.ts";
import { loadServices } from "../services/catalogue.ts";
import { serviceFiles } from "./new-service-files.ts";

const NAME = /^[a-z]([-a-z0-9]{0,28}[a-z0-9])?$/;
const FIRST_PORT = 8080;
const METRICS_ABOVE = 1000;

/** `promptops new service <name>`: creates a folder that plans, tests and runs at once. */
export async function newService(folder: string, what: string, name: string): Promise<0> {
  if (what !== "service") throw new UserError(`'${what}' cannot be created. Run promptops new service <name>.`);
  if (!NAME.test(name)) {
    throw new UserError(
      `'${name}' is no name of a service: lower-case letters, digits and '-', at most 30. Choose another.`,
    );
  }
  const home = join(folder, "services", name);
  if (existsSync(home)) throw new UserError(`services/${name} already exists. Choose another name.`);
  const files = serviceFiles(name, await freePorts());
  const paths = Object.keys(files);
  try {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(join(folder, path, ".."), { recursive: true });
      // Never over somebody's file: `wx` fails on one that is there.
      writeFileSync(join(folder, path), text, { flag: "wx" });
    }
  } catch (error) {
    rmSync(home, { recursive: true, force: true });
    throw error;
  }
  process.stdout.write(
    [
      ...paths.map((path) => `made ${path}`),
      "",
      "  npx promptops check              plans it in every environment",
      `  npx vitest run test/services/${name}.test.ts   runs it on a real Postgres`,
      "  npx promptops dev                runs it beside the others",
      "",
      "docs/services.md says what a descriptor may ask for.",
      "",
    ].join("\n"),
  );
  return 0;
}

/** The first pair of ports that no service has. */
async function freePorts(): Promise<{ http: number; metrics: number }> {
  const taken = new Set((await loadServices()).flatMap((service) => portsOf(service).map(([, port]) => port)));
  let http = FIRST_PORT;
  while (taken.has(http) || taken.has(http + METRICS_ABOVE)) http++;
  return { http, metrics: http + METRICS_ABOVE };
}
