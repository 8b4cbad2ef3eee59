import { expect, test } from "vitest";
import { type Held, roomFor } from "../../services/worker/room.ts";

const held = (count: number, endpoint: Held["endpoint"], losses = 0): Held[] =>
  Array.from({ length: count }, () => ({ lease: { losses }, endpoint }));
const operators = {};
const [one, other] = [{ tenant: "one" }, { tenant: "other" }];

test("a worker takes 256 prompts and 32 workflows", () => {
  expect(roomFor(operators, []).all).toBe(256);
  expect(roomFor(undefined, []).all).toBe(32);
  const both = [...held(100, operators), ...held(10, undefined)];
  expect([roomFor(operators, both).all, roomFor(undefined, both).all]).toEqual([156, 22]);
});

test("a worker takes 32 prompts for endpoints of one tenant, and 128 for those of all", () => {
  expect(roomFor(one, []).all).toBe(32);
  expect(roomFor(one, held(30, one)).all).toBe(2);
  expect(roomFor(other, held(30, one)).all).toBe(32);
  const many = ["a", "b", "c", "d"].flatMap((tenant) => held(31, { tenant }));
  expect(roomFor(one, many).all).toBe(4);
  expect(roomFor(operators, many).all).toBe(132);
  expect(roomFor(one, held(250, operators)).all).toBe(6);
});

test("a worker takes few executions with which one worker was lost, and one with which several were", () => {
  expect(roomFor(operators, held(30, operators, 1))).toMatchObject({ suspects: 2, primes: 1 });
  expect(roomFor(operators, held(1, operators, 2))).toMatchObject({ suspects: 32, primes: 0 });
});
