import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { promptops, type Result } from "../cli/promptops.ts";
import { root } from "../environments.ts";
import { startStack, type Stack, tenantWith } from "../services/stack.ts";

let stack: Stack;
let key: string;
beforeAll(async () => {
  stack = await startStack({ workers: 0 });
  ({ key } = await stack.operator());
});
afterAll(async () => {
  await stack.stop();
});
beforeEach(() => {
  vi.stubEnv("PROMPTOPS_URL", stack.url);
  vi.stubEnv("PROMPTOPS_OPERATOR_KEY", key);
});
afterEach(() => {
  vi.unstubAllEnvs();
});

const tenant = (...args: string[]): Promise<Result> => promptops(["tenant", ...args], root);

/** What `promptops tenant show` prints, by its first word. */
async function show(name: string): Promise<Record<string, string>> {
  const { out } = await tenant("show", name);
  return Object.fromEntries(
    [...out.matchAll(/^ {2}(\S+) +(.+)$/gm)].map(([, field = "", value = ""]) => [field, value]),
  );
}

describe("promptops tenant", () => {
  test("says that there is no tenant, then creates one whose key and invitation work, and lists it", async () => {
    expect((await tenant("list")).out).toBe("No tenants exist. Create one: promptops tenant create <name>.\n");
    const { code, out, err } = await tenant("create", "acme", "--owner", "ada@example.com");
    expect([code, err]).toEqual([0, ""]);
    const [, apiKey = "", invitation = ""] =
      /^Tenant 'acme' \(.{36}\) is created\. .*\nAPI key: (po_\S+)\nInvitation of ada@example.com: (poi_\S+)\n$/.exec(
        out,
      ) ?? [];
    expect((await tenantWith(stack.url, apiKey).call("GET", "/prompts")).status).toBe(200);
    const acceptance = { invitation, password: "a password of the tests" };
    expect((await tenantWith(stack.url, "").call("POST", "/invitations/accept", acceptance)).status).toBe(201);
    expect((await tenant("list")).out).toMatch(/^ {2}acme {2}\S{36} {2}active\n$/);
  });

  test("lists more tenants than a page of the API has", async () => {
    for (let count = 0; count < 101; count++)
      await tenantWith(stack.url, key).call("POST", "/admin/tenants", { name: `many-${count}` });
    expect((await tenant("list")).out.match(/ many-/g)).toHaveLength(101);
  });

  test("sets limits and lifts them", async () => {
    expect(
      (await tenant("limits", "acme", "hardMonthlyTokens=10000000", "weight=2.5", "softMonthlyTokens=none")).code,
    ).toBe(0);
    expect(await show("acme")).toMatchObject({
      ...{ hardMonthlyTokens: "10000000", weight: "2.5", softMonthlyTokens: "none", hardMonthlyMicroUsd: "none" },
    });
  });

  test("suspends and resumes by name or id", async () => {
    expect((await tenant("suspend", "acme")).out).toMatch(/^ {2}state +suspended$/m);
    const { id = "" } = await show("acme");
    expect((await tenant("resume", id)).out).toMatch(/^ {2}state +active$/m);
  });

  test("erases the id that is given twice, and nothing else", async () => {
    await tenant("create", "erased");
    const { id = "" } = await show("erased");
    for (const args of [[id], [id, "--confirm", "erased"], ["erased", "--confirm", "erased"]]) {
      const { code, err } = await tenant("erase", ...args);
      expect([code, err]).toEqual([2, expect.stringMatching(/give its id twice|is not a tenant.s id/)]);
    }
    expect((await show("erased"))["state"]).toBe("active");
    expect((await tenant("erase", id, "--confirm", id)).code).toBe(0);
    expect((await show(id))["state"]).toBe("erasing");
  });
});

describe("promptops tenant that goes wrong exits with status 2 and says", () => {
  test.each([
    [["creat", "x"], /cannot 'creat'. Did you mean 'create'\?/],
    [["show"], /Name the tenant: promptops tenant show <tenant>/],
    [["show", "nobody"], /Tenant 'nobody' does not exist. List tenants with 'promptops tenant list'./],
    [["create", "Acme Inc."], /name: must be lower-case letters, digits and '-', at most 63/],
    [["create", "acme"], /The name is already in use. There is a tenant 'acme'. Take another name./],
    [["limits", "acme", "x=1"], /'x' is not a limit. The limits are softMonthlyTokens,/],
    [["limits", "acme", "weight=heavy"], /weight is 'heavy'; it must be a number/],
    [["limits", "acme", "weight=none"], /weight: /],
    [["list", "--owner", "a@example.com"], /'--owner' belongs to 'promptops tenant create'/],
  ])("%j: what is wrong", async (args, message) => {
    const { code, out, err } = await tenant(...args);
    expect([code, out, err]).toEqual([2, "", expect.stringMatching(message)]);
  });

  test("that the address, the key or the API is missing", async () => {
    const wrong = async (name: string, value: string): Promise<string> => {
      vi.stubEnv("PROMPTOPS_URL", stack.url);
      vi.stubEnv("PROMPTOPS_OPERATOR_KEY", key);
      vi.stubEnv(name, value);
      const { code, err } = await tenant("list");
      expect(code).toBe(2);
      return err;
    };
    expect(await wrong("PROMPTOPS_URL", "api.example.com")).toMatch(
      /PROMPTOPS_URL is 'api.example.com'; it must be the API's address/,
    );
    expect(await wrong("PROMPTOPS_URL", "http://127.0.0.1:9")).toMatch(
      /http:\/\/127.0.0.1:9 cannot be reached .*Check PROMPTOPS_URL/,
    );
    expect(await wrong("PROMPTOPS_URL", `${stack.url}/openapi.json?`)).toMatch(/did not answer like the API|answered/);
    expect(await wrong("PROMPTOPS_OPERATOR_KEY", "")).toMatch(/PROMPTOPS_OPERATOR_KEY is not set/);
    expect(await wrong("PROMPTOPS_OPERATOR_KEY", (await stack.tenant("other")).key)).toMatch(
      /It needs an operator's key/,
    );
  });
});
