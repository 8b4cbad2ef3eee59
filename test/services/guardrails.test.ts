import { describe, expect, test } from "vitest";
import { inputViolation, outputViolation } from "../../services/shared/prompts/guardrails.ts";
import { holds, type PersonalData } from "../../services/shared/prompts/personal-data.ts";

describe("personal data is found by its form", () => {
  test.each<[PersonalData, string]>([
    ["email", "Write to ada.lovelace+notes@mail.example.org, please."],
    ["email", "jörg@münchen.example"],
    ["phone", "Call +49 (30) 901820-11."],
    ["phone", "0049 30 90182011"],
    ["card", "4111 1111 1111 1111"],
    ["card", "paid with 378282246310005."],
    ["iban", "DE89 3704 0044 0532 0130 00"],
    ["iban", "to gb82west12345698765432 today"],
  ])("%s: %s", (kind, text) => {
    expect(holds(kind, text)).toBe(true);
  });

  test.each<[PersonalData, string]>([
    ["email", "user@localhost, @name, a @ b.example"],
    ["phone", "in 2026-11-29, order 12345678, +1 apple, 1+23456789"],
    ["card", "4111 1111 1111 1112, and 41111111111111111111 which is longer"],
    ["iban", "DE89 3704 0044 0532 0130 01, and DE89"],
  ])("not %s: %s", (kind, text) => {
    expect(holds(kind, text)).toBe(false);
  });

  test.each<[PersonalData, string]>([
    ["email", "a".repeat(200_000)],
    ["email", "a@a.".repeat(50_000)],
    ["phone", "+1".repeat(100_000)],
    ["card", "1 ".repeat(100_000)],
    ["iban", "AA00".repeat(50_000)],
  ])("%s is looked for in hostile text of 200,000 characters in a time that its length bounds", (kind, text) => {
    const before = process.cpuUsage();
    holds(kind, text);
    // Microseconds. Were the time that of the length's square, it would be minutes.
    expect(process.cpuUsage(before).user).toBeLessThan(5_000_000);
  });
});

describe("a forbidden term", () => {
  const holdsTerm = (text: string, term = "acid"): boolean =>
    outputViolation({ forbidden: ["absent", term] }, text) !== undefined;

  test.each(["Acid.", "an ACID\nbath", "\uff41cid", "placid acid"])("is found in '%s'", (text) => {
    expect(holdsTerm(text)).toBe(true);
  });

  test.each(["placid", "acids", "acid_2", "a cid"])("is no part of '%s'", (text) => {
    expect(holdsTerm(text)).toBe(false);
  });

  test("may be a phrase, or end with what is no letter", () => {
    expect(holdsTerm("as an AI model, I", "as an ai model")).toBe(true);
    expect(holdsTerm("in C++20", "c++")).toBe(true);
  });
});

describe("a violation", () => {
  test("is the first rule that is broken, in words that quote nothing", () => {
    const forbidden = ["secret"];
    expect(outputViolation({ format: "json" }, "secret")).toBe("is no JSON value");
    expect(outputViolation({ maxCharacters: 5, forbidden }, "secret")).toBe("has 6 characters, and 5 are allowed");
    expect(outputViolation({ forbidden }, "a secret")).toBe("holds a forbidden term (forbidden/0)");
    expect(outputViolation({ personalData: ["card"] }, "4111111111111111")).toBe("holds a card number");
    expect(outputViolation({ format: "json", maxCharacters: 9 }, '{"a": 1}')).toBeUndefined();
  });

  test("of the input counts all values together, and looks into each", () => {
    const input = { maxCharacters: 5, personalData: ["email" as const] };
    expect(inputViolation({ input }, ["abc", "def"])).toBe("has 6 characters, and 5 are allowed");
    expect(inputViolation({ input: { personalData: ["email"] } }, ["abc", "a@b.example"])).toBe(
      "holds an e-mail address",
    );
    expect(inputViolation({}, ["a@b.example"])).toBeUndefined();
  });
});
