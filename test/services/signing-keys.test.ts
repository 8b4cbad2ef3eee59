import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decodeProtectedHeader } from "jose";
import { describe, expect, test } from "vitest";
import { parseSigningKeys, SigningKeys, TOKEN_MINUTES } from "../../services/api/signing-keys.ts";
import { root } from "../environments.ts";

const first = "a".repeat(64);
const second = "b".repeat(64);
const third = "c".repeat(64);
const NOON = Date.parse("2026-01-01T12:00:00Z");
const MINUTE = 60_000;
const kidOf = (token: string): unknown => decodeProtectedHeader(token).kid;

/** Keys of a file, at a time that the test sets. */
function keysOf(text: string): { keys: SigningKeys; at: (time: number, text?: string) => void; logged: object[] } {
  let now = NOON;
  let file = text;
  const logged: object[] = [];
  const log = { error: (entry: object) => logged.push(entry) };
  return {
    keys: new SigningKeys(
      () => file,
      log as ConstructorParameters<typeof SigningKeys>[1],
      () => now,
    ),
    at: (time, next = file) => {
      now = time;
      file = next;
    },
    logged,
  };
}

describe("a file of signing keys", () => {
  test("may have one key without a time, which signs from the beginning and always verifies", () => {
    expect(parseSigningKeys(`${first}\n`)).toEqual([
      {
        id: expect.stringMatching(/^[\w-]{16}$/),
        bytes: new TextEncoder().encode(first),
        from: -Infinity,
        until: Infinity,
      },
    ]);
  });

  test("names keys by ids that differ, and that show nothing of the key", () => {
    const ids = parseSigningKeys(`2026-01-01T12:00:00Z ${second}\n${first}`).map(({ id }) => id);
    expect(new Set(ids).size).toBe(2);
    for (const id of ids) expect(`${first}${second}`).not.toContain(id);
  });

  test.each([
    ["", "jwt-signing-key, line 1: a key must have at least 64 characters. Make one with 'openssl rand -hex 64'."],
    [`${first}\nshort`, /line 2: a key must have at least 64 characters/],
    [`2026-13-01T12:00:00Z ${first}`, /line 1: the time must be in ISO 8601/],
    [`${second}\n${first}`, /line 2: its time must be before that of the line above\. Put the newest key first\./],
    [`2026-01-01T12:00:00Z ${second}\n2026-01-01T12:00:00Z ${first}`, /line 2: its time must be before/],
  ])("is refused when it is %j, and the fault shows no key", (text, fault) => {
    expect(() => parseSigningKeys(text)).toThrow(fault);
    try {
      parseSigningKeys(text);
    } catch (error) {
      for (const key of [first, second, "short"]) expect(String(error)).not.toContain(key);
    }
  });
});

test("the command of docs/how-to/signing-keys.md puts a key in front that signs in two hours, and keeps two others", () => {
  const page = readFileSync(join(root, "docs/how-to/signing-keys.md"), "utf8");
  const [, command = ""] = /```sh\n([^`]*`[^`]*`[^`]*)```/.exec(page) ?? [];
  const folder = mkdtempSync(join(tmpdir(), "promptops-test-"));
  try {
    writeFileSync(join(folder, "keys"), `2026-01-01T12:10:00Z ${second}\n2026-01-01T12:00:00Z ${first}\n${third}\n`);
    execFileSync("sh", ["-euc", command], { cwd: folder });
    const keys = parseSigningKeys(readFileSync(join(folder, "rotated"), "utf8"));
    expect(keys.slice(1).map(({ bytes }) => new TextDecoder().decode(bytes))).toEqual([second, first]);
    expect(keys[0]?.bytes).toHaveLength(128);
    expect((keys[0]?.from ?? 0) - Date.now()).toBeGreaterThan(110 * MINUTE);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

describe("the keys that were rotated", () => {
  const rotated = `2026-01-01T12:10:00Z ${second}\n${first}`;

  test("sign from their time on: until then the one before signs, though the new one verifies already", async () => {
    const [ofSecond, ofFirst] = parseSigningKeys(rotated).map(({ id }) => id);
    const { keys, at } = keysOf(rotated);
    expect(kidOf(await keys.sign({}))).toBe(ofFirst);
    at(NOON + 10 * MINUTE);
    const token = await keys.sign({ sid: "x" });
    expect(kidOf(token)).toBe(ofSecond);
    at(NOON + 9 * MINUTE);
    expect(await keys.verify(token)).toMatchObject({ sid: "x" });
  });

  test("verify until the last token that they signed has expired, and no longer", async () => {
    const { keys, at } = keysOf(rotated);
    at(NOON + 10 * MINUTE - 1000);
    const last = await keys.sign({ sid: "x" });
    at(NOON + (10 + TOKEN_MINUTES) * MINUTE - 2000);
    expect(await keys.verify(last)).toMatchObject({ sid: "x" });
    // Whoever found the old key later forges nothing.
    const forger = keysOf(first);
    forger.at(NOON + (10 + TOKEN_MINUTES) * MINUTE);
    const forged = await forger.keys.sign({ sid: "x" });
    at(NOON + (10 + TOKEN_MINUTES) * MINUTE - 1);
    expect(await keys.verify(forged)).toBeDefined();
    at(NOON + (10 + TOKEN_MINUTES) * MINUTE);
    expect(await keys.verify(forged)).toBeUndefined();
  });

  test("are read again while the process runs, and an invalid file leaves the keys before it in use", async () => {
    const { keys, at, logged } = keysOf(first);
    const token = await keys.sign({ sid: "x" });
    at(NOON + MINUTE, `2026-01-01T12:00:30Z ${third}\n${first}`);
    expect(kidOf(await keys.sign({}))).toBe(parseSigningKeys(third)[0]?.id);
    at(NOON + 2 * MINUTE, "short");
    expect(await keys.verify(token)).toMatchObject({ sid: "x" });
    expect(logged).toEqual([{ reason: expect.stringContaining("line 1: a key must have at least 64 characters") }]);
  });
});

test("a token of an unknown key, of no key and of another algorithm is refused", async () => {
  const { keys } = keysOf(first);
  const { keys: others } = keysOf(second);
  expect(await keys.verify(await others.sign({}))).toBeUndefined();
  const [header = "", ...rest] = (await keys.sign({})).split(".");
  const decoded = JSON.parse(Buffer.from(header, "base64url").toString()) as object;
  for (const change of [{ kid: undefined }, { alg: "HS256" }, { alg: "none" }]) {
    const changed = Buffer.from(JSON.stringify({ ...decoded, ...change })).toString("base64url");
    expect(await keys.verify([changed, ...rest].join("."))).toBeUndefined();
  }
});
