import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { effectsOf } from "../../proofs/evaluation/effects.ts";
import { prove } from "../../proofs/index.ts";
import { plannedChanges } from "../../plan/changes/steps.ts";
import { carriedBy } from "../../plan/clouds/holders.ts";
import { differenceOf } from "../../cli/difference.ts";
import { writeObjects } from "../../k8s/write.ts";
import type { Plan } from "../../plan/model/plan.ts";
import { toPlanFile } from "../../plan/plan-file.ts";
import { page as reportPage } from "../../report/page.ts";
import { environmentNames } from "../environments.ts";
import { damageObject, planOf } from "../plans.ts";
import { damaged } from "../proofs/cloud.ts";
import { flawsOf, launch, screenshot, sizes } from "./chromium.ts";

const HOSTILE = `<img src=x onerror="document.title='owned'"><script>document.title='owned'</script>${"wide".repeat(80)}`;
const folder = mkdtempSync(join(tmpdir(), "promptops-report-"));
const file = join(folder, "report.html");
let browser: Browser;
beforeAll(async () => {
  browser = await launch();
  const plans = await Promise.all(environmentNames.map((name) => planOf(name)));
  for (const { environment, objects } of plans)
    await writeObjects(
      join(folder, environment, "manifests"),
      objects.map((each) => ({ ...each })),
    );
  const shown = plans.map((plan) =>
    plan.environment === "production" ? broken(plan) : { plan, findings: prove(plan) },
  );
  writeFileSync(file, reportPage(shown));
});
afterAll(async () => {
  await browser.close();
  rmSync(folder, { recursive: true });
});

/** Production with a policy that lets nobody in, compared with a server that was smaller, and with hostile text in a finding. */
function broken(before: Plan): Parameters<typeof reportPage>[0][number] {
  const policy = damageObject(before, "NetworkPolicy", "api", ({ spec }) => delete spec.ingress);
  const resized = damaged(policy, "Instance database", (inputs) => (inputs.instanceClass = "db.m7g.xlarge"));
  const plan = { ...resized, changes: plannedChanges(before.resources, resized.resources, carriedBy) };
  const hostile = { proof: "valid-names", claim: HOSTILE, evidence: [], failures: [HOSTILE] };
  const fileOf = (of: Plan): ReturnType<typeof toPlanFile> => toPlanFile(of, { findings: [], effects: effectsOf(of) });
  return { plan, findings: [...prove(plan), hostile], difference: differenceOf(fileOf(before), fileOf(plan)) };
}

/** The page in a new window, and what it asks for beside itself. */
async function open(options: BrowserContextOptions = {}): Promise<{ page: Page; faults: string[] }> {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const faults: string[] = [];
  page.on("pageerror", ({ message }) => faults.push(message));
  page.on("console", (message) => faults.push(message.text()));
  page.on("request", (request) => {
    if (request.url() !== pathToFileURL(file).href) faults.push(`asks for ${request.url()}`);
  });
  await page.goto(pathToFileURL(file).href);
  return { page, faults };
}

describe.each(sizes)("at $width px", ({ name, width, height }) => {
  test.each(["light", "dark"] as const)(
    "the report fits, asks for nothing, shows hostile text as text, and has no finding of axe-core, %s",
    async (colorScheme) => {
      const { page, faults } = await open({ viewport: { width, height }, colorScheme });
      await page.screenshot({ path: screenshot(`report-${name}-${colorScheme}`) });
      expect(await flawsOf(page)).toEqual([]);
      expect(await page.title()).not.toBe("owned");
      expect(faults).toEqual([]);
    },
  );
});

describe("the overview", () => {
  test("begins with what fails, by name and in no other color than that of failures", async () => {
    const { page } = await open();
    const first = page.getByRole("region", { name: "Overview" }).getByRole("article").first();
    expect(await first.getByRole("heading").textContent()).toBe("production");
    expect(await first.locator("code").allTextContents()).toEqual([
      "require-as-declared",
      "require-connectivity",
      "valid-names",
    ]);
    expect(await first.textContent()).toContain("3 proofs fail:");
    expect(await first.locator(".good").count()).toBe(0);
    expect(await first.textContent()).toMatch(/[1-9]\d* not as expected/);
  });

  test("says first what a lost zone stops", async () => {
    const { page } = await open();
    const card = page.getByRole("article").filter({ has: page.getByRole("heading", { name: "development" }) });
    const [title, loss] = [card.locator("dt").first(), card.locator("dd").first()];
    expect(await title.textContent()).toBe("If a zone is lost");
    expect(await loss.textContent()).toContain("postgres stops");
  });
});

test("the connections are filtered by keyboard", async () => {
  const { page } = await open();
  const section = page.locator("#production-connectivity");
  const rows = section.locator("tbody tr:visible th");
  const all = await rows.count();
  await section.getByLabel("From").focus();
  await page.keyboard.type("application/worker");
  expect(await rows.allTextContents()).toEqual(["application/worker"]);
  await page.keyboard.press("Tab");
  await page.keyboard.type("database");
  expect(await section.getByRole("status").textContent()).toBe("1 pair");
  expect(await section.locator("thead th:visible span").allTextContents()).toEqual(["database"]);
  await section.getByLabel("From").fill("");
  await section.getByLabel("To", { exact: true }).fill("");
  expect(await rows.count()).toBe(all);
  await section.getByLabel("Show").selectOption("not as expected");
  expect(await section.locator("tbody td:visible").filter({ hasText: /./ }).first().getAttribute("class")).toBe("bad");
  expect(await section.locator("tbody td.open:visible").count()).toBe(0);
});

test("names lead to the manifest and to the cloud resource", async () => {
  const { page } = await open();
  const production = page.locator("#production");
  const bucket = production.locator(".outside").getByRole("link", { name: "backups", exact: true }).first();
  await bucket.focus();
  await page.keyboard.press("Enter");
  await production.getByText("aws:s3/bucket:Bucket, protected").first().waitFor();
  const links = await page
    .locator("a[href$='.yaml']")
    .evaluateAll((all) => all.map((each) => String(Reflect.get(each, "href"))));
  expect(links.length).toBeGreaterThan(400);
  // Chromium downloads YAML files.
  const download = page.waitForEvent("download");
  await production.locator(".runs").getByRole("link", { name: "worker", exact: true }).click();
  const manifest = readFileSync(await (await download).path(), "utf8");
  expect(parse(manifest)).toMatchObject({ kind: "Deployment", metadata: { name: "worker", namespace: "application" } });
});

test("the changes say what opens and closes, and what the cloud does", async () => {
  const { page } = await open();
  const changes = page.locator("#production-changes");
  expect(await changes.textContent()).toMatch(/connections: opened \(\+\), closed \(-\): 0 added, [1-9]/);
  expect(await changes.textContent()).toMatch(
    /update\s+Instance 'database'\s+instanceClass db.m7g.large -> db.m7g.xlarge/,
  );
  expect(await page.locator("#staging-changes").count()).toBe(0);
});
