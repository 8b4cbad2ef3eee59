import fc from "fast-check";
import { Client } from "pg";
import { describe, expect, test } from "vitest";
import { formatLine } from "../../local/format-line.ts";
import { checkTemplate, fillIn, MAX_FILLED_IN } from "../../services/shared/prompts/template.ts";
import { problem } from "../../services/api/errors.ts";
import { retryAfter } from "../../services/shared/egress/retry-after.ts";
import { connectionString } from "../../services/shared/database/connection-string.ts";
import { endpointsOf } from "../../services/shared/models/endpoints.ts";
import { readSettings } from "../../services/shared/runtime/settings.ts";
import { createLog } from "../../services/shared/runtime/log.ts";
import { createMetrics } from "../../services/shared/runtime/metrics.ts";
import { api, requests } from "../../services/api/service.ts";
import { finished, worker } from "../../services/worker/service.ts";
import { backOff } from "../../services/worker/retry.ts";
import { modelWith } from "./model-with.ts";

const template = (content: string, variables: Record<string, { default?: string }>): Parameters<typeof fillIn>[0] => ({
  messages: [{ role: "user", content }],
  variables,
});
const filled = (...args: Parameters<typeof fillIn>): string => fillIn(...args)[0]?.content ?? "";

describe("a prompt's variables", () => {
  test("are put in wherever they stand, or their defaults", () => {
    expect(filled(template("{{a}}, {{ b }} and {{a}}", { a: {}, b: { default: "B" } }), { a: "A" })).toBe("A, B and A");
  });

  test("are text, whatever they hold: nothing in a value is filled in or taken for a pattern", () => {
    fc.assert(
      fc.property(fc.string(), (value) => {
        expect(filled(template("<{{a}}>", { a: {}, b: { default: "no" } }), { a: value })).toBe(`<${value}>`);
      }),
    );
    expect(filled(template("{{a}}", { a: {}, b: { default: "no" } }), { a: "{{b}} $& $1" })).toBe("{{b}} $& $1");
  });

  test("that are missing, unknown or undeclared are named, also where Object has a member of that name", () => {
    const given = { other: "x" };
    expect(() => fillIn(template("{{a}}", { a: {} }), given)).toThrow(
      "'a' must be given; 'other' is no variable of the prompt.",
    );
    expect(() => fillIn(template("{{toString}}", { toString: {} }), {})).toThrow("'toString' must be given");
    expect(() => {
      checkTemplate(template("{{constructor}}", {}));
    }).toThrow("The messages use 'constructor'; declare it under 'variables'.");
  });

  test("are looked up in a time that their number bounds", () => {
    const names = Array.from({ length: 60_000 }, (_, index) => `v${index}`);
    const given = Object.fromEntries(names.map((name) => [name, ""]));
    const many = template("", Object.fromEntries(names.map((name) => [name, {}])));
    const before = process.cpuUsage();
    fillIn(many, given);
    // Microseconds. Were the time that of the number's square, it would be more.
    expect(process.cpuUsage(before).user).toBeLessThan(3_000_000);
  });

  test("add no more to the messages than a request may hold, however often a value is used", () => {
    const times = (count: number): Parameters<typeof fillIn>[0] => template("{{a}}".repeat(count), { a: {} });
    const a = "x".repeat(MAX_FILLED_IN / 64);
    expect(filled(times(64), { a })).toHaveLength(MAX_FILLED_IN);
    expect(() => fillIn(times(65), { a })).toThrow(`The variables add more than ${MAX_FILLED_IN} characters`);
  });
});

describe("the pause before another attempt", () => {
  test("doubles up to a minute, less up to half of it", () => {
    expect([1, 2, 3, 7, 20].map((attempt) => backOff(attempt, 0, () => 0))).toEqual([1, 2, 4, 60, 60]);
    expect(backOff(3, 0, () => 1)).toBe(2);
  });

  test("is at least what the endpoint asks for", () => {
    expect(backOff(1, 30, () => 0.5)).toBe(30);
  });
});

describe("a Retry-After header", () => {
  test.each([
    ["120", 120],
    [" 0 ", 0],
    ["Sun, 29 Nov 2026 00:02:00 GMT", 120],
    ["Sunday, 29-Nov-26 00:02:00 GMT", 120],
    ["Sat, 28 Nov 2026 00:00:00 GMT", 0],
    ["soon", undefined],
    ["", undefined],
    [null, undefined],
  ])("of '%s' asks for %s seconds", (header, seconds) => {
    expect(retryAfter(header, new Date("2026-11-29T00:00:00Z"))).toBe(seconds);
  });
});

const noSecret = (): string => {
  throw new Error("no secret is read");
};

const noEgress = (): Promise<Response> => Promise.reject(new Error("nothing is called"));

test("models of one endpoint share one limit, the smallest that any of them states", () => {
  const models = [
    { name: "a", endpoint: "http://x/v1", concurrency: 8 },
    { name: "b", endpoint: "http://x/v1", concurrency: 4 },
    { name: "c", endpoint: "http://y/v1", concurrency: 2 },
  ].map(modelWith);
  expect(endpointsOf(models, noSecret, noEgress)).toEqual([
    { url: "http://x/v1", protocol: "openai", models: models.slice(0, 2), concurrency: 4 },
    { url: "http://y/v1", protocol: "openai", models: models.slice(2), concurrency: 2 },
  ]);
});

test("a model's API key is read from its file at each use, so that a rotated one counts", () => {
  const files = new Map([["models-openai", "first"]]);
  const secret = (name: string): string => files.get(name) ?? "";
  const models = [
    { name: "a", endpoint: "http://x/v1", concurrency: 8, credential: "openai" },
    { name: "b", endpoint: "http://x/v1", concurrency: 4 },
  ].map(modelWith);
  const [withKey, without] = endpointsOf(models, secret, noEgress);
  expect(withKey?.apiKey?.()).toBe("first");
  files.set("models-openai", "second");
  expect(withKey?.apiKey?.()).toBe("second");
  expect(without).toEqual({ url: "http://x/v1", protocol: "openai", models: models.slice(1), concurrency: 4 });
});

describe("a database's URL", () => {
  const tlsOf = (query: string): unknown =>
    (
      new Client({ connectionString: connectionString(`postgres://u:p%40ss@h:5432/d${query}`) }) as unknown as {
        ssl: unknown;
      }
    ).ssl;

  test("with sslmode=require encrypts, as libpq does, and asks for no authority that Node knows", () => {
    expect(tlsOf("?sslmode=require")).toEqual({ rejectUnauthorized: false });
  });

  test("with sslmode=disable or without a word does not", () => {
    expect([tlsOf("?sslmode=disable"), tlsOf("")]).toEqual([false, false]);
  });
});

describe("settings that are wrong are refused with their name and the rule", () => {
  test.each([
    [{ PROMPTOPS_MODELS: "[{" }, /PROMPTOPS_MODELS: must be JSON/],
    [{ PROMPTOPS_MODELS: '[{"name":"m"}]' }, /PROMPTOPS_MODELS\.0\.endpoint/],
    [{ PROMPTOPS_MODELS: '[{"name":"m","endpoint":"ftp://x"}]' }, /PROMPTOPS_MODELS\.0\.endpoint/],
    [{ PROMPTOPS_TENANT: "Acme Inc." }, /PROMPTOPS_TENANT: must be lower-case letters, digits and '-', at most 63/],
    [{ PROMPTOPS_LOG_LEVEL: "loud" }, /PROMPTOPS_LOG_LEVEL/],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: "there" }, /OTEL_EXPORTER_OTLP_ENDPOINT/],
  ])("%j", (variables, message) => {
    expect(() => readSettings(worker, { PROMPTOPS_ENVIRONMENT: "test", ...variables })).toThrow(message);
  });
});

test("a metric that the descriptor does not declare cannot be recorded", () => {
  const metrics = createMetrics(api.metrics);
  expect(() => {
    metrics.count(finished, { state: "x" });
  }).toThrow("Metric 'promptops_executions_finished_total' is no counter of the service's descriptor.");
  metrics.count(requests, { method: "GET", route: "/", status: "200" });
});

test("a problem document has RFC 9457's members, and the code", () => {
  expect(problem("not_found", { detail: "No such prompt." })).toEqual({
    type: "urn:promptops:error:not_found",
    title: "The resource does not exist, or belongs to another tenant.",
    status: 404,
    code: "not_found",
    detail: "No such prompt.",
  });
});

describe("a line of the log, for the eyes", () => {
  test("lines up, with what is special at its end", () => {
    const line = JSON.stringify({
      level: "warn",
      time: "2026-01-01T10:00:00.000Z",
      service: "w",
      pid: 1,
      msg: "broke",
      err: { message: "gone" },
      execution: "x",
    });
    expect(formatLine("worker-1", line)).toMatch(/^\d\d:\d\d:\d\d worker-1 {9}warn {2}broke \(gone\) execution=x$/);
  });

  test("says once, when it starts, which process it is", () => {
    const line = JSON.stringify({ level: "info", msg: "started", service: "api", pid: 42, ports: { http: 1 } });
    expect(formatLine("api", line)).toMatch(/started ports=\{"http":1\} pid=42$/);
  });

  test("that is no JSON is shown as it is", () => {
    expect(formatLine("api", "Segmentation fault")).toBe(`         ${"api".padEnd(16)} Segmentation fault`);
  });
});

describe("a log line", () => {
  test("prints nothing that carries a secret or somebody's words, however deep it stands", () => {
    const lines: string[] = [];
    const log = createLog("api", "info", { write: (line) => lines.push(line) });
    const words = [
      "authorization",
      "apiKey",
      "token",
      "password",
      "messages",
      "variables",
      "template",
      "text",
      "output",
    ];
    const carrying = Object.fromEntries(words.map((word) => [word, `the ${word}`]));
    log.info({ ...carrying, request: { ...carrying, body: carrying }, route: "/prompts" }, "answered");
    const [line = ""] = lines;
    for (const word of words) expect(line).not.toContain(`the ${word}`);
    expect(line.split("[removed]")).toHaveLength(1 + 3 * words.length);
    expect(JSON.parse(line)).toMatchObject({ service: "api", level: "info", route: "/prompts", msg: "answered" });
  });
});
