import { describe, expect, test } from "vitest";
import { inputViolation, outputViolation } from "../../services/shared/prompts/guardrails.ts";
import type { PersonalData } from "../../services/shared/prompts/personal-data.ts";

const holds = (kind: PersonalData, text: string): boolean =>
  inputViolation({ input: { personalData: [kind] } }, [text]) !== undefined;
/** Places around the end of the first window of a text, and around the beginning of the second. */
const besideEdges = [61_440, 65_536].flatMap((edge) => Array.from({ length: 9 }, (_, index) => edge - index));
/** Microseconds of the processor that something takes. */
function costOf(work: () => unknown): number {
  const before = process.cpuUsage();
  work();
  return process.cpuUsage(before).user;
}

describe("personal data is found by its form", () => {
  test.each<[PersonalData, string]>([
    ["email", "Write to ada.lovelace+notes@mail.example.org, please."],
    ["email", "jörg@münchen.example"],
    ["phone", "Call +49 (30) 901820-11."],
    ["phone", "0049 30 90182011"],
    ["card", "4111 1111 1111 1111"],
    ["card", "paid with 378282246310005."],
    ["card", "4111 1111 1111 1111 123, or 4111 1111 1111 1111 12/27"],
    ["card", "order 12 3782-822463-10005"],
    ["card", "\uff14111\u00a01111 1111 1111"],
    ["iban", "DE89 3704 0044 0532 0130 00"],
    ["iban", "to gb82west12345698765432 today"],
    ["iban", "as in AB12 DE89 3704 0044 0532 0130 00"],
  ])("%s: %s", (kind, text) => {
    expect(holds(kind, text)).toBe(true);
  });

  test.each<[PersonalData, string]>([
    ["email", "user@localhost, @name, a @ b.example"],
    ["phone", "in 2026-11-29, order 12345678, +1 apple, 1+23456789"],
    ["card", "4111 1111 1111 1112, and 41111111111111111111 which is longer"],
    ["card", "2018 2019 2020 2021 2022 2023 2024 2025 2026, 3141 5926 5358 979"],
    ["iban", "DE89 3704 0044 0532 0130 01, and DE89"],
  ])("not %s: %s", (kind, text) => {
    expect(holds(kind, text)).toBe(false);
  });

  test.each<[PersonalData, string]>([
    ["email", "a".repeat(200_000)],
    ["email", "a@a.".repeat(50_000)],
    ["phone", "+1".repeat(100_000)],
    ["card", "1 ".repeat(100_000)],
    ["card", "444 ".repeat(50_000)],
    ["iban", "AA00".repeat(50_000)],
    ["iban", "AA00 ".repeat(40_000)],
  ])("%s is looked for in hostile text of 200,000 characters in a time that its length bounds", (kind, text) => {
    // Were the time that of the length's square, it would be minutes.
    expect(costOf(() => holds(kind, text))).toBeLessThan(5_000_000);
  });

  test("a kind is looked for once, however often it is named", () => {
    const personalData = Array<PersonalData>(100_000).fill("email");
    expect(costOf(() => inputViolation({ input: { personalData } }, ["a".repeat(200_000)]))).toBeLessThan(5_000_000);
  });

  test("wherever it stands in a text of many windows", () => {
    const found = ["a@b.example", "+49 30 90182011", "4111 1111 1111 1111", "DE89 3704 0044 0532 0130 00"];
    for (const [index, kind] of (["email", "phone", "card", "iban"] as const).entries()) {
      for (const place of besideEdges)
        expect(holds(kind, `${".".repeat(place)} ${found[index] ?? ""} ${".".repeat(5_000)}`), `${place}`).toBe(true);
    }
  });
});

describe("a forbidden term", () => {
  const holdsTerm = (text: string, ...terms: string[]): boolean =>
    inputViolation({ input: { forbidden: ["absent", ...(terms.length > 0 ? terms : ["acid"])] } }, [text]) !==
    undefined;

  test.each(["Acid.", "an ACID\nbath", "\uff41cid", "placid acid"])("is found in '%s'", (text) => {
    expect(holdsTerm(text)).toBe(true);
  });

  test.each(["placid", "acids", "acid_2", "a cid", "acid\u{10400}"])("is no part of '%s'", (text) => {
    expect(holdsTerm(text)).toBe(false);
  });

  test("may be a phrase, or end with what is no letter", () => {
    expect(holdsTerm("as an AI model, I", "as an ai model")).toBe(true);
    expect(holdsTerm("in C++20", "c++")).toBe(true);
  });

  test("is found beside others that it begins, ends or overlaps with", () => {
    const terms = ["she sells", "he", "hers", "ells sea"];
    expect(holdsTerm("ushers", ...terms)).toBe(false);
    for (const text of ["he", "us: hers", "she sells", "cells, ells sea"])
      expect(holdsTerm(text, ...terms), text).toBe(true);
  });

  test("is found, and words that hold it are not, wherever they stand in a text of many windows", () => {
    for (const place of besideEdges) {
      for (const word of ["placid", "acids"])
        expect(holdsTerm(`${".".repeat(place)}${word}${".".repeat(5_000)}`), `${word} at ${place}`).toBe(false);
      expect(holdsTerm(`${".".repeat(place)}acid${".".repeat(5_000)}`), `${place}`).toBe(true);
    }
  });

  test("costs what the text's length bounds, however terms repeat themselves", () => {
    const terms = Array.from({ length: 50 }, (_, index) => "a".repeat(4 * index + 1));
    expect(costOf(() => holdsTerm("a".repeat(200_000), ...terms))).toBeLessThan(5_000_000);
  });
});

describe("a violation", () => {
  test("is the first rule that is broken, in words that quote nothing", async () => {
    const forbidden = ["secret"];
    expect(await outputViolation({ format: "json" }, "secret")).toBe("is no JSON value");
    expect(await outputViolation({ maxCharacters: 5, forbidden }, "secret")).toBe(
      "has 6 characters, and 5 are allowed",
    );
    expect(await outputViolation({ forbidden }, "a secret")).toBe("holds a forbidden term (forbidden/0)");
    expect(await outputViolation({ personalData: ["card"] }, "4111111111111111")).toBe("holds a card number");
    expect(await outputViolation({ format: "json", maxCharacters: 9 }, '{"a": 1}')).toBeUndefined();
  });

  test("of the input counts all values together, and looks into each", () => {
    const input = { maxCharacters: 5, personalData: ["email" as const] };
    expect(inputViolation({ input }, ["abc", "def"])).toBe("has 6 characters, and 5 are allowed");
    expect(inputViolation({ input: { personalData: ["email"] } }, ["abc", "a@b.example"])).toBe(
      "holds an e-mail address",
    );
    expect(inputViolation({}, ["a@b.example"])).toBeUndefined();
  });

  test("of a long output is looked for while the process goes on with what else it does", async () => {
    const output = "a".repeat(300_000);
    let turns = 0;
    const ticking = setInterval(() => (turns += 1), 0);
    expect(await outputViolation({ personalData: ["email"] }, output)).toBeUndefined();
    clearInterval(ticking);
    expect(turns).toBeGreaterThan(0);
  });
});
