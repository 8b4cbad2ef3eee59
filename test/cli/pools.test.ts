import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { accessTo } from "../../cli/pools/kubeconfig.ts";
import { recordDrained } from "../../cli/pools/record-drained.ts";
import { UserError } from "../../platform/faults.ts";
import { root } from "../environments.ts";
import { promptops } from "./promptops.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "promptops-pools-"));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe("a kubeconfig", () => {
  const access = (user: object, context = "one"): ReturnType<typeof accessTo> => {
    const config = {
      "current-context": "other",
      contexts: [{ name: "one", context: { cluster: "c", user: "u" } }],
      clusters: [
        {
          name: "c",
          cluster: { server: "https://one:6443", "certificate-authority-data": Buffer.from("ca").toString("base64") },
        },
      ],
      users: [{ name: "u", user }],
    };
    const path = join(folder, "config");
    writeFileSync(path, JSON.stringify(config));
    return accessTo(context, { KUBECONFIG: path });
  };

  test("is read for the named context, whichever is current", () => {
    expect(access({ token: "t" })).toEqual({
      server: "https://one:6443",
      verified: true,
      ca: Buffer.from("ca"),
      token: "t",
    });
  });

  test("may hold a client's certificate in place, or name its file", () => {
    writeFileSync(join(folder, "key.pem"), "key");
    expect(
      access({ "client-certificate-data": Buffer.from("cert").toString("base64"), "client-key": "key.pem" }),
    ).toMatchObject({ cert: Buffer.from("cert"), key: Buffer.from("key") });
  });

  test("may name a program that prints credentials, as EKS's does", () => {
    const status = JSON.stringify({ status: { token: "short-lived" } });
    const exec = {
      command: "node",
      args: ["-e", "console.log(process.env.SAYS)"],
      env: [{ name: "SAYS", value: status }],
    };
    expect(access({ exec })).toMatchObject({ token: "short-lived" });
    expect(() => access({ exec: { command: "/no/such/program" } })).toThrow(
      /'\/no\/such\/program', which the kubeconfig/,
    );
  });

  test("without the context is refused by name", () => {
    expect(() => access({ token: "t" }, "two")).toThrow(UserError);
    expect(() => access({ token: "t" }, "two")).toThrow(/has no context 'two'/);
    expect(() => accessTo("one", { KUBECONFIG: join(folder, "missing") })).toThrow(/There is no kubeconfig/);
  });
});

test("a drained generation is recorded under its pool, and nothing else of the file changes", () => {
  const source = [
    "# Ours",
    "config:",
    "  promptops:pools:",
    "    data:",
    "      # The second: two disks.",
    "      generation: 2 # since November",
    "      nodes: { min: 3, max: 6 }",
    "      retiring:",
    "        type: r5.xlarge",
    "        nodes: { min: 3, max: 6 }",
    "  promptops:domain: promptops.io",
    "",
  ];
  writeFileSync(join(folder, "Pulumi.x.yaml"), source.join("\n"));
  recordDrained(folder, "x", "data", { at: "2026-11-28T18:00:00Z", nodes: ["a", "b"] });
  const record = [
    "        drained:",
    "          at: 2026-11-28T18:00:00Z",
    "          nodes:",
    "            - a",
    "            - b",
  ];
  expect(readFileSync(join(folder, "Pulumi.x.yaml"), "utf8").split("\n")).toEqual([
    ...source.slice(0, 10),
    ...record,
    ...source.slice(10),
  ]);
});

describe("promptops pools", () => {
  test.each([
    [
      ["pools", "drain", "data", "--environment", "production"],
      "No generation of pool 'data' retires in Pulumi.production.yaml.",
    ],
    [["pools", "drain", "moon", "--environment", "production"], "Pulumi.production.yaml has no pool 'moon'."],
    [["pools", "drain", "data"], "Name the environment: --environment NAME."],
    [["pools", "fill", "data"], "'promptops pools' can drain, and not 'fill'."],
  ])("%j is refused with status 2", async (args, message) => {
    const { code, err } = await promptops(args, root);
    expect(err).toContain(message);
    expect(code).toBe(2);
  });
});
