import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DOMParser } from "@xmldom/xmldom";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { PlanFile } from "../../plan/plan-file.ts";
import { junit } from "../../report/junit.ts";
import { environmentSource } from "../environments.ts";
import { promptops } from "./promptops.ts";

const until = new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10);
/** The workers leave no room, at minimum replicas for pods of others either. */
const excepted = { "fits-nodes": "Deployment application/worker", "fits-floor": "*: at minimum*" };
const exceptions = Object.entries(excepted).map(([proof, object]) => ({
  proof,
  object,
  reason: "The machines are delivered next week",
  owner: "platform@promptops.io",
  until,
}));
const folder = mkdtempSync(join(tmpdir(), "promptops-reports-"));
const read = (file: string): string => readFileSync(join(folder, file), "utf8");

beforeAll(() => {
  const [workers, one] = [
    { min: 200, max: 200 },
    { min: 1, max: 1 },
  ];
  const tight = {
    services: {
      ...{ worker: { replicas: workers }, analytics: { replicas: one }, api: { replicas: one } },
      ...{ "egress-proxy": { replicas: one }, evaluator: { replicas: one }, notifications: { replicas: one } },
    },
  };
  writeFileSync(
    join(folder, "Pulumi.tight.yaml"),
    environmentSource("development", { ...tight, domain: "a.localhost" }),
  );
  writeFileSync(
    join(folder, "Pulumi.excepted.yaml"),
    environmentSource("development", { ...tight, domain: "b.localhost", exceptions }),
  );
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe("promptops check", () => {
  interface SarifResult {
    ruleId: string;
    message: { text: string };
    locations: { physicalLocation: { artifactLocation: { uri: string } } }[];
    suppressions?: { justification: string }[];
    partialFingerprints: { primaryLocationLineHash: string };
  }

  test("writes SARIF and JUnit, with exceptions as suppressions and skipped cases", async () => {
    const { code, out } = await promptops(["check", "--sarif", "out/a.sarif", "--junit", "b.xml"], folder);
    expect(code).toBe(1);
    expect(out).toMatch(/^tight +fits-nodes +Deployment application\/worker: /m);
    expect(out).toMatch(new RegExp(`^excepted +fits-nodes +excepted until ${until} by platform@promptops\\.io `, "m"));
    const log = JSON.parse(read("out/a.sarif")) as {
      version: string;
      runs: { tool: { driver: { rules: { id: string }[] } }; results: SarifResult[] }[];
    };
    const [run] = log.runs;
    const results = run?.results ?? [];
    const rules = run?.tool.driver.rules.map(({ id }) => id);
    expect(log.version).toBe("2.1.0");
    expect(new Set(rules).size).toBe(rules?.length);
    expect(rules).toEqual(expect.arrayContaining(results.map(({ ruleId }) => ruleId)));
    expect(results.map(({ locations }) => locations[0]?.physicalLocation.artifactLocation.uri)).toEqual(
      expect.arrayContaining(["Pulumi.tight.yaml", "Pulumi.excepted.yaml"]),
    );
    const suppressed = results.filter(({ suppressions }) => suppressions);
    expect(suppressed.length).toBeGreaterThan(0);
    expect(
      suppressed.every(
        ({ ruleId, message }) =>
          ruleId === "fits-floor" ||
          (ruleId === "fits-nodes" && message.text.startsWith("Deployment application/worker")),
      ),
    ).toBe(true);
    expect(new Set(results.map(({ partialFingerprints }) => partialFingerprints.primaryLocationLineHash)).size).toBe(
      results.length,
    );

    const suites = [...new DOMParser().parseFromString(read("b.xml"), "text/xml").getElementsByTagName("testsuite")];
    expect(suites.map((suite) => [suite.getAttribute("name"), suite.getAttribute("skipped")])).toEqual([
      // fits-nodes has failures that are not excepted; no-destructive-change is not judged.
      ["excepted", "2"],
      ["tight", "1"],
    ]);
    for (const suite of suites) {
      const count = (tag: string): string => String(suite.getElementsByTagName(tag).length);
      expect([count("testcase"), count("failure"), count("skipped")]).toEqual(
        ["tests", "failures", "skipped"].map((name) => suite.getAttribute(name)),
      );
    }
  });

  test("says which file it cannot write", async () => {
    writeFileSync(join(folder, "file"), "");
    const { code, err } = await promptops(["check", "excepted", "--junit", "file/b.xml"], folder);
    expect(code).toBe(2);
    expect(err).toMatch(/^'file\/b\.xml' cannot be written \(E\w+\)\. Name a file/m);
  });
});

test("promptops plan lists exceptions, and plan.json has them", async () => {
  const { out } = await promptops(["plan", "excepted"], folder);
  expect(out).toMatch(/valid-exceptions +holds +fits-nodes, Deployment application\/worker: \d+ failures until /);
  const file = JSON.parse(read("dist/excepted/plan.json")) as PlanFile;
  const [failure] = file.findings.find(({ proof }) => proof === "fits-nodes")?.excepted ?? [];
  const { reason, owner } = { ...exceptions[0] };
  expect(failure).toMatchObject({ reason, owner, until });
  expect(failure?.failure).toMatch(/^Deployment application\/worker: /);
  expect(read("dist/report.html")).toContain("The machines are delivered next week");
});

test("JUnit XML has no character that XML cannot have", () => {
  const text = `<a b="c">&\u0000\u001B\uFFFE\uD800 \u{1F600}`;
  const findings = [{ proof: "p", claim: text, evidence: [], failures: [text] }];
  const document = new DOMParser().parseFromString(junit([{ environment: "e", findings }]), "text/xml");
  expect(document.getElementsByTagName("failure")[0]?.textContent).toBe('<a b="c">&???? \u{1F600}');
});
