import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { signedHeaders } from "../../services/notifications/sign.ts";
import { createWebhookSecret } from "../../services/shared/webhooks/secret.ts";

const page = readFileSync(join(import.meta.dirname, "../../docs/how-to/webhooks.md"), "utf8");
const codeOf = (language: string): string => new RegExp(`\`\`\`${language}\\n(.*?)\`\`\``, "s").exec(page)?.[1] ?? "";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "promptops-webhooks-"));
  writeFileSync(
    join(folder, "check.mjs"),
    `${codeOf("js")}\nconst { secret, headers, body } = JSON.parse(process.argv[2]);\nverify(secret, headers, body);\n`,
  );
  writeFileSync(
    join(folder, "check.py"),
    `${codeOf("python")}\nimport json, sys\ngiven = json.loads(sys.argv[1])\nverify(given["secret"], given["headers"], given["body"])\n`,
  );
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const [secret, older, other] = [createWebhookSecret(), createWebhookSecret(), createWebhookSecret()];
const body = JSON.stringify({ type: "webhook.test", data: { text: "héllo" } });
const now = Math.floor(Date.now() / 1_000);
const signed = (timestamp: number, secrets = [secret]): object => ({
  secret,
  body,
  headers: signedHeaders({ id: "5f0c8a44-52b4-4e0e-8f0c-0c8c3b2f5a10", timestamp, body }, secrets),
});

describe.each([
  [process.execPath, "check.mjs"],
  ["python3", "check.py"],
])("the page's code for %s", (program, file) => {
  const run = (given: object): { status: number | null; stderr: string } =>
    spawnSync(program, [join(folder, file), JSON.stringify(given)], { encoding: "utf8" });

  test.each([
    ["a signature", signed(now)],
    ["a signature beside one by an older secret", signed(now, [older, secret])],
  ])("accepts %s", (_, given) => {
    expect(run(given)).toMatchObject({ status: 0, stderr: "" });
  });

  test.each([
    ["another body", { ...signed(now), body: `${body} ` }, "invalid signature"],
    ["another secret", { ...signed(now), secret: other }, "invalid signature"],
    ["an old timestamp", signed(now - 400), "old timestamp"],
  ])("refuses %s", (_, given, message) => {
    const { status, stderr } = run(given);
    expect([status, stderr.includes(message)]).toEqual([1, true]);
  });
});
