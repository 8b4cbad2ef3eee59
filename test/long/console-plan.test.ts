import { expect, test } from "vitest";
import { planEnvironment } from "../../plan/plan.ts";
import { parseEnvironment } from "../../platform/read-environment.ts";
import { proofs } from "../../proofs/index.ts";
import { consoleService } from "../../services/console/service.ts";
import { descriptors, environmentSource, services } from "../environments.ts";

test("development with the console passes every proof, and gives its pods alone the API's address", async () => {
  const all = { ...descriptors, services: [...services, consoleService] };
  const source = environmentSource("development", { "services.console": {} });
  const plan = await planEnvironment(parseEnvironment(source, "development", all), all);
  expect(proofs.flatMap((proof) => proof.examine(plan).failures)).toEqual([]);
  const told = plan.objects
    .filter(({ manifest }) => JSON.stringify(manifest).includes("PROMPTOPS_URL_API"))
    .map(({ manifest: { kind, metadata } }) => `${kind} ${metadata.name}`);
  expect(told).toEqual(["Deployment console"]);
});
