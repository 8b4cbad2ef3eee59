import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startStack, type Stack, type Tenant, tenantWith } from "../services/stack.ts";
import { type Any, ended, newOrganization } from "./organization.ts";

let stack: Stack;
beforeAll(async () => {
  stack = await startStack({ workers: 0 });
});
afterAll(async () => {
  await stack.stop();
});

const organization = (): ReturnType<typeof newOrganization> => newOrganization(stack);

describe("an API key", () => {
  test("has scopes that its creator has, is shown once, and notes the day of its use", async () => {
    const { user } = await organization();
    const owner = await user("owner");
    const { status, headers, body } = await owner.call("POST", "/api-keys", {
      ...{ name: "ci", scopes: ["prompts:read", "keys:read", "prompts:read"] },
    });
    expect([status, headers.get("cache-control")]).toEqual([201, "no-store"]);
    expect(body.apiKey).toMatchObject({
      name: "ci",
      scopes: ["keys:read", "prompts:read"],
      createdBy: owner.id,
      lastUsedOn: null,
    });
    const key = tenantWith(stack.url, body.key as string);
    const { body: listed } = await key.call("GET", "/api-keys?limit=1");
    expect(listed.apiKeys).toEqual([{ ...body.apiKey, lastUsedOn: new Date().toISOString().slice(0, 10) }]);
    expect(JSON.stringify(listed)).not.toContain(body.key);
    expect((await key.call("POST", "/api-keys", { name: "x", scopes: ["prompts:read"] })).status).toBe(403);
  });

  test("is not created with a scope that its creator lacks", async () => {
    const { user } = await organization();
    const administrator = await user("administrator");
    const asked = { name: "x", scopes: ["prompts:read", "organization:export"] };
    expect((await administrator.call("POST", "/api-keys", asked)).body).toMatchObject({
      ...{ status: 403, detail: "It needs the scope 'organization:export'." },
    });
  });

  test("is refused within seconds once it has expired or was revoked", async () => {
    const { root } = await organization();
    const create = async (more: object = {}): Promise<{ id: string; key: Tenant }> => {
      const { body } = await root.call("POST", "/api-keys", { name: "x", scopes: ["prompts:read"], ...more });
      return { id: body.apiKey.id as string, key: tenantWith(stack.url, body.key as string) };
    };
    const soon = await create({ expiresAt: new Date(Date.now() + 3_000).toISOString() });
    const revoked = await create();
    expect((await revoked.key.call("GET", "/prompts")).status).toBe(200);
    expect((await root.call("POST", `/api-keys/${revoked.id}/revoke`)).body).toMatchObject({
      revokedAt: expect.any(String),
    });
    await ended(revoked.key);
    await ended(soon.key);
  });

  test("does not expire in the past, nor after the key that creates it", async () => {
    const { root } = await organization();
    const at = (milliseconds: number): string => new Date(Date.now() + milliseconds).toISOString();
    const create = (by: Tenant, expiresAt?: string): Promise<Any> =>
      by.call("POST", "/api-keys", { name: "x", scopes: ["keys:write"], expiresAt });
    expect((await create(root, at(-1_000))).body).toMatchObject({
      status: 400,
      detail: expect.stringMatching(/must be in the future/),
    });
    const key = tenantWith(stack.url, (await create(root, at(3_600_000))).body.key as string);
    expect((await create(key, at(3_000_000))).status).toBe(201);
    for (const expiresAt of [at(7_200_000), undefined])
      expect((await create(key, expiresAt)).body).toMatchObject({
        status: 403,
        detail: expect.stringMatching(/expires at/),
      });
  });

  test("that a user may create no more is revoked when the user's role changes", async () => {
    const { root, user } = await organization();
    const member = await user("administrator");
    const keyWith = async (scope: string): Promise<Tenant> =>
      tenantWith(
        stack.url,
        (await member.call("POST", "/api-keys", { name: "x", scopes: [scope, "prompts:read"] })).body.key as string,
      );
    const [exceeding, fitting] = [await keyWith("keys:read"), await keyWith("prompts:write")];
    await root.call("PATCH", `/users/${member.id}`, { role: "member" });
    await ended(exceeding);
    expect((await fitting.call("GET", "/prompts")).status).toBe(200);
  });
});
