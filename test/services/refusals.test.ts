import { randomUUID } from "node:crypto";
import { describe, expect, test } from "vitest";
import type { NewEvent } from "../../services/api/audit/insert.ts";
import { Refusals } from "../../services/api/audit/refusals.ts";
import { createLog } from "../../services/shared/runtime/log.ts";

/** Refusals, and what they have written. */
function recorder(fails = false): { readonly refusals: Refusals; readonly written: NewEvent[] } {
  const written: NewEvent[] = [];
  const refusals = new Refusals(
    (event) => {
      if (fails) return Promise.reject(new Error("away"));
      written.push(event);
      return Promise.resolve();
    },
    createLog("test", "silent"),
  );
  return { refusals, written };
}

const login: NewEvent = { actor: { kind: "anonymous" }, action: "session.create", reason: "login_failed" };

describe("a refusal", () => {
  test("that recurs is recorded at once, and with how often it was repeated when the minute ends", async () => {
    const { refusals, written } = recorder();
    for (let count = 0; count < 1_000; count += 1) await refusals.add({ ...login, requestId: randomUUID() });
    expect(written).toEqual([{ ...login, requestId: expect.any(String) }]);
    await refusals.flush();
    expect(written.slice(1)).toEqual([{ ...written[0], details: { repeated: 999 } }]);
    await refusals.flush();
    expect(written).toHaveLength(2);
    await refusals.add(login);
    expect(written).toHaveLength(3);
  });

  test("of one tenant is recorded 20 times a minute, however it differs, and leaves room to another's", async () => {
    const { refusals, written } = recorder();
    for (let count = 0; count < 500; count += 1) await refusals.add({ ...login, tenant: "one", object: randomUUID() });
    await refusals.add({ ...login, tenant: "two" });
    expect(written.map(({ tenant }) => tenant)).toEqual([...Array<string>(20).fill("one"), "two"]);
  });

  test("of all tenants is recorded 200 times a minute", async () => {
    const { refusals, written } = recorder();
    for (let count = 0; count < 500; count += 1) await refusals.add({ ...login, tenant: randomUUID() });
    expect(written).toHaveLength(200);
  });

  test("that cannot be written is no error of the request", async () => {
    await expect(recorder(true).refusals.add(login)).resolves.toBeUndefined();
  });
});
