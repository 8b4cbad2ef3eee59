import { describe, expect, test } from "vitest";
import { proofs } from "../../proofs/index.ts";
import { consoleService } from "../../services/console/service.ts";
import { services } from "../environments.ts";
import { freshPlan } from "../plans.ts";

describe("the plan of development with the console", () => {
  test("passes every proof, and gives its pods the API's address", async () => {
    const plan = await freshPlan("development", { "services.console": {} }, [...services, consoleService]);
    expect(proofs.flatMap((proof) => proof.examine(plan).failures)).toEqual([]);
    const told = plan.objects
      .filter(({ manifest }) => JSON.stringify(manifest).includes("PROMPTOPS_URL_API"))
      .map(({ manifest: { kind, metadata } }) => `${kind} ${metadata.name}`);
    expect(told).toEqual(["Deployment console"]);
  });
});
