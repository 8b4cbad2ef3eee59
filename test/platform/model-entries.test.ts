import { describe, expect, test } from "vitest";
import { faultsOf } from "../environments.ts";

const openai = "https://api.openai.com/v1";
const price = { input: 0.25, output: 1.25, asOf: "2026-11-29" };
const qwen = "Qwen/Qwen2.5-7B-Instruct";
const hosted = (name: string, min = 2): object => ({ name, hosted: { replicas: { min, max: 2 } } });
const elsewhere = (endpoint: string, others: object = {}): Record<string, unknown> => ({
  models: [{ name: "gpt", concurrency: 4, endpoint, ...others }],
});

describe("a model's entry is refused with", () => {
  test.each<[title: string, changes: Record<string, unknown>, rule: RegExp]>([
    ["an unknown API", elsewhere(openai, { protocol: "gemini" }), /protocol: must be one of openai, anthropic/],
    ["an answer without an end", elsewhere(openai, { protocol: "anthropic" }), /maxOutputTokens: must be set where/],
    ["a context of no tokens", elsewhere(openai, { contextLength: 0 }), /contextLength: must be a number of tokens/],
    [
      "an answer beyond its context",
      elsewhere(openai, { contextLength: 100, maxOutputTokens: 101 }),
      /maxOutputTokens: must not exceed 'contextLength'/,
    ],
    ["a price below 0", elsewhere(openai, { price: { ...price, input: -1 } }), /price\.input: must be USD per million/],
    ["a price without a day", elsewhere(openai, { price: { ...price, asOf: "today" } }), /asOf: must be the day on/],
    [
      "a price finer than a millionth",
      elsewhere(openai, { price: { ...price, output: 0.1234567 } }),
      /price\.output: must be USD per million tokens, .* at most six decimal places/,
    ],
    ["a fallback to itself", elsewhere(openai, { fallbacks: ["gpt"] }), /fallbacks\.0: must be another model/],
    ["a fallback to nobody", elsewhere(openai, { fallbacks: ["x"] }), /fallbacks\.0: is not listed under 'models'/],
    ["a fallback twice", elsewhere(openai, { fallbacks: ["x", "x"] }), /fallbacks: must not name a model twice/],
    [
      "an API for a hosted model",
      { models: [{ ...hosted(qwen), protocol: "openai" }] },
      /models\.0\.protocol: must not be set for a hosted model/,
    ],
    [
      "a context for a hosted model",
      { models: [{ ...hosted(qwen), contextLength: 4096 }] },
      /models\.0\.contextLength: must not be set for a hosted model/,
    ],
    [
      "an answer beyond a hosted model's context",
      { models: [{ ...hosted(qwen), maxOutputTokens: 8193 }] },
      /models\.0\.maxOutputTokens: must not exceed 8192/,
    ],
  ])("%s", (_, changes, rule) => {
    expect(faultsOf(changes)).toEqual([expect.stringMatching(rule)]);
  });
});

test("two models may stand in for each other", () => {
  const [gpt] = elsewhere(openai, { price, contextLength: 100, maxOutputTokens: 100 })["models"] as [object];
  const models = [
    { ...gpt, fallbacks: ["claude"] },
    {
      ...{ name: "claude", endpoint: "https://api.anthropic.com", concurrency: 4, protocol: "anthropic" },
      ...{ maxOutputTokens: 100, fallbacks: ["gpt"] },
    },
  ];
  expect(faultsOf({ models })).toEqual([]);
});
