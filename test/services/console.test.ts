import { describe, expect, test } from "vitest";
import { CookieKeys, readCookie, COOKIE, type Session } from "../../services/console/cookie.ts";
import { isSameOrigin } from "../../services/console/same-origin.ts";
import type { ExecutionEvent } from "../../services/console/web/src/api/openapi.d.ts";
import { formatCost } from "../../services/console/web/src/executions/format.ts";
import { advance, noProgress } from "../../services/console/web/src/executions/progress.ts";
import { diffLines } from "../../services/console/web/src/prompts/diff.ts";
import {
  draftOf,
  emptyDraft,
  newMessage,
  variablesIn,
  versionOf,
} from "../../services/console/web/src/prompts/draft.ts";
import { checkTemplate } from "../../services/shared/prompts/template.ts";

const [older, newer] = ["a".repeat(64), "b".repeat(64)];
const session: Session = {
  ...{ organization: "acme", email: "ada@example.com", token: "t", refreshToken: "r" },
  tokenExpiresAt: Date.now() + 60_000,
  expiresAt: Math.floor(Date.now() / 1000 + 3_600) * 1000,
};

describe("a session's cookie", () => {
  test("opens with each key of the file, and with none that was removed", async () => {
    const sealed = await new CookieKeys(() => older).seal(session);
    expect(await new CookieKeys(() => `${newer}\n${older}\n`).open(sealed)).toEqual(session);
    expect(await new CookieKeys(() => newer).open(sealed)).toBeUndefined();
  });

  test("is nothing once it has expired", async () => {
    const keys = new CookieKeys(() => older);
    expect(await keys.open(await keys.seal({ ...session, expiresAt: Date.now() - 1_000 }))).toBeUndefined();
  });

  test("needs a key of 43 characters, and the error names the line and not the key", async () => {
    await expect(async () => new CookieKeys(() => `${newer}\nshort`).seal(session)).rejects.toThrow(
      /console-cookie-key, line 2: a key must have at least 43 characters/,
    );
  });

  test("is found among others", () => {
    expect(readCookie(`theme=dark; ${COOKIE}=a.b.c; x=1`)).toBe("a.b.c");
    expect(readCookie(`x${COOKIE}=a`)).toBeUndefined();
    expect(readCookie(undefined)).toBeUndefined();
  });
});

test("a request is of the console's own pages as its headers say", () => {
  const of = (method: string, headers: Record<string, string>): boolean =>
    isSameOrigin({ method, host: "console.example.com", headers });
  expect(of("POST", { "sec-fetch-site": "same-origin" })).toBe(true);
  expect(of("POST", { "sec-fetch-site": "same-site" })).toBe(false);
  expect(of("GET", { "sec-fetch-site": "none" })).toBe(true);
  expect(of("POST", { "sec-fetch-site": "none" })).toBe(false);
  expect(of("POST", { origin: "https://console.example.com" })).toBe(true);
  expect(of("POST", { origin: "https://console.example.com.evil.example" })).toBe(false);
  expect(of("POST", { origin: "null" })).toBe(false);
  expect(of("POST", {})).toBe(false);
  expect(of("GET", {})).toBe(true);
});

describe("the difference of two texts", () => {
  const diff = (from: string, to: string): string =>
    diffLines(from.match(/./g) ?? [], to.match(/./g) ?? [])
      .map(({ kind, text }) => ({ same: "", added: "+", removed: "-" })[kind] + text)
      .join("");

  test.each([
    ["", "", ""],
    ["abc", "abc", "abc"],
    ["abc", "axc", "a-b+xc"],
    ["ab", "abc", "ab+c"],
    ["abc", "c", "-a-bc"],
    ["aa", "a", "a-a"],
    ["abcd", "acbd", "a-bc+bd"],
  ])("of '%s' and '%s' is '%s'", (from, to, expected) => {
    expect(diff(from, to)).toBe(expected);
  });

  test("counts the middle as changed where comparing it would take too long", () => {
    const lines = (name: string): string[] => Array.from({ length: 3_000 }, (_, index) => `${name}${index}`);
    const kinds = diffLines(lines("a"), lines("b")).map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === "removed")).toHaveLength(3_000);
    expect(kinds.filter((kind) => kind === "added")).toHaveLength(3_000);
  });
});

describe("the progress of an execution", () => {
  const event = (seq: number, type: ExecutionEvent["type"], attempt: number, data = {}): ExecutionEvent => ({
    ...{ seq, type, attempt, data, at: "2026-11-30T12:00:00.000Z" },
  });
  const events = [
    event(1, "job_started", 1, { model: "large" }),
    event(2, "token_chunk", 1, { text: "lost" }),
    event(3, "job_retrying", 1, { reason: "worker_lost" }),
    event(4, "job_started", 2, { model: "small" }),
    event(5, "token_chunk", 2, { text: "kept" }),
    event(6, "job_complete", 2),
  ];

  test("has the output of the last attempt, and all attempts", () => {
    expect(advance(noProgress, events)).toMatchObject({
      ...{ seq: 6, text: "kept", hasEnded: true },
      attempts: [
        { number: 1, model: "large", retried: "worker_lost" },
        { number: 2, model: "small" },
      ],
    });
  });

  test("counts an event once, however often it comes", () => {
    const once = advance(noProgress, events.slice(0, 5));
    expect(advance(once, events)).toEqual(advance(noProgress, events));
  });
});

test.each([
  [0, "$0.00"],
  [1, "$0.000001"],
  [1_234, "$0.00123"],
  [9_999, "$0.01"],
  [10_000, "$0.01"],
  [12_345_678_901, "$12,345.68"],
])("%i millionths of a dollar are shown as %s", (microUsd, expected) => {
  expect(formatCost(microUsd)).toBe(expected);
});

test("a draft of a version keeps the variables that it declares and its messages do not use", () => {
  const version = {
    ...{ version: 1, model: "m", parameters: {}, guardrails: {}, createdAt: "2026-11-30T12:00:00.000Z" },
    messages: [{ role: "user" as const, content: "{{a}}" }],
    variables: { a: {}, b: { default: "2" }, c: {} },
  };
  expect(versionOf(draftOf(version)).variables).toEqual(version.variables);
});

test("a draft uses the variables that the API finds in messages, and no others", () => {
  for (const content of [
    "{{a}}",
    "{{ a }}",
    "{{\na}}",
    "{{1a}}",
    "{{a-b}}",
    "{{ä}}",
    "{{{a}}}",
    "{{a}",
    "{{_}} {{a}}",
  ]) {
    const used = variablesIn([{ content }]);
    const missing = (): void => {
      checkTemplate({ messages: [{ role: "user", content }], variables: {} });
    };
    if (used.length > 0) expect(missing, content).toThrow(`use ${used.map((name) => `'${name}'`).join(", ")}`);
    else expect(missing, content).not.toThrow();
  }
});

test("a draft declares the variables that its messages use, with any name", () => {
  const messages = [newMessage("user", "{{a}} {{ __proto__ }} {{a}} {{constructor}} {b}")];
  expect(variablesIn(messages)).toEqual(["a", "__proto__", "constructor"]);
  const { variables } = versionOf({ ...emptyDraft("m"), messages, defaults: { a: "1" } });
  expect(JSON.stringify(variables)).toBe('{"a":{"default":"1"},"__proto__":{},"constructor":{}}');
});
