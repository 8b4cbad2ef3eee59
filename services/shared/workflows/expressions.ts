import { createContext, Script } from "node:vm";
import {
  type CelInput,
  celEnv,
  celFunc,
  CelScalar,
  isCelError,
  isCelList,
  isCelMap,
  isCelUint,
  parse,
  plan,
} from "@bufbuild/cel";
import { threadCpuTime } from "../runtime/thread-cpu-time.ts";

/** Milliseconds after which an expression is given up. One of a thousand characters on what a workflow holds takes less than one. */
const MAX_MILLISECONDS = 100;
/** Values, and characters of texts and keys, of a result. */
const MAX_VALUES = 100_000;
export const MAX_CHARACTERS = 2 ** 20;
/** Levels of lists and maps in a result, and in what a workflow is given. */
export const MAX_DEPTH = 32;

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** An expression that cannot be parsed, or has no result. */
export class ExpressionError extends Error {}

const json = celFunc("json", [CelScalar.STRING], CelScalar.DYN, (text) => JSON.parse(text) as CelInput);
const env = celEnv({ funcs: [json] });
/** Names of functions that expressions may call. */
export const FUNCTIONS: ReadonlySet<string> = new Set([...env.funcs].map(({ name }) => name));

/** What is run under a limit. One context for all: to make one takes longer than most expressions. */
const sandbox: { work?: () => unknown } = {};
const context = createContext(sandbox);
const callWork = new Script("work()");

/**
 * Runs work that a tenant's text determines, for at most 100 ms of this thread's CPU time. Throws an ExpressionError. Work that was
 * interrupted because other threads had the CPU runs again, with twice the time.
 */
export function bounded<Result>(work: () => Result): Result {
  for (let timeout = MAX_MILLISECONDS; ; timeout *= 2) {
    const before = threadCpuTime();
    try {
      sandbox.work = work;
      return callWork.runInContext(context, { timeout }) as Result;
    } catch (error) {
      if (error instanceof ExpressionError) throw error;
      const timedOut = (error as { code?: string }).code === "ERR_SCRIPT_EXECUTION_TIMEOUT";
      if (!timedOut) throw new ExpressionError((error as Error).message, { cause: error });
      // Of 100 ms by the clock, a thread that has a core to itself runs for nearly all.
      if (threadCpuTime() - before >= MAX_MILLISECONDS * 0.9)
        throw new ExpressionError(`It takes more than ${MAX_MILLISECONDS} ms.`, { cause: error });
    }
  }
}

/** Expressions that have taken as long together as they may. */
export class ExpressionsTooSlow extends ExpressionError {}

/** Processor time that several expressions may take together: each may take a tenth of a second, and a body holds thousands. */
export class ProcessorTime {
  #spent = 0;

  constructor(private readonly milliseconds: number) {}

  /** Runs work, and counts its time. Throws an ExpressionsTooSlow when there is none left. */
  take<Result>(work: () => Result): Result {
    if (this.#spent >= this.milliseconds)
      throw new ExpressionsTooSlow(`the expressions before it take more than ${this.milliseconds} ms of a processor`);
    const before = threadCpuTime();
    try {
      return work();
    } finally {
      this.#spent += threadCpuTime() - before;
    }
  }
}

/** The value of an expression, as JSON. Throws an ExpressionError when it has none, or one that is too large. */
export function evaluate(text: string, variables: Readonly<Record<string, Json>>): Json {
  return bounded(() => {
    const result = plan(env, parse(text))(variables);
    if (isCelError(result)) throw new ExpressionError(`${result.message}.`);
    return toJson(result, { values: MAX_VALUES, characters: MAX_CHARACTERS }, MAX_DEPTH);
  });
}

/** What is left for a result. */
interface Room {
  values: number;
  characters: number;
}

function toJson(value: unknown, room: Room, depth: number): Json {
  if (depth === 0) throw new ExpressionError(`The value has more than ${MAX_DEPTH} levels.`);
  room.values -= 1;
  if (typeof value === "string") room.characters -= value.length;
  if (room.values < 0 || room.characters < 0)
    throw new ExpressionError(`The value has more than ${MAX_VALUES} parts, or ${MAX_CHARACTERS} characters.`);
  if (isCelList(value)) return [...value].map((each) => toJson(each, room, depth - 1));
  if (!isCelMap(value)) return scalarToJson(value);
  return Object.fromEntries(
    [...value].map(([key, each]) => [
      toJson(isCelUint(key) ? String(key.value) : String(key), room, depth) as string,
      toJson(each, room, depth - 1),
    ]),
  );
}

function scalarToJson(value: unknown): Json {
  if (value === null || typeof value === "string" || typeof value === "boolean") return value;
  const number = isCelUint(value) ? Number(value.value) : typeof value === "bigint" ? Number(value) : value;
  if (typeof number === "number" && Number.isFinite(number)) return number;
  throw new ExpressionError("The value is no JSON.");
}

/** A value as text: what is no text becomes JSON. */
export const textOf = (value: Json): string => (typeof value === "string" ? value : JSON.stringify(value));

/** Whether lists and maps in a value nest too deep. Not by recursion: what is asked about may nest deeper than the stack is high. */
export function isTooDeep(value: unknown): boolean {
  const left = [{ value, depth: 0 }];
  for (let next = left.pop(); next; next = left.pop()) {
    if (typeof next.value !== "object" || next.value === null) continue;
    if (next.depth === MAX_DEPTH) return true;
    for (const inner of Object.values(next.value)) left.push({ value: inner, depth: next.depth + 1 });
  }
  return false;
}
