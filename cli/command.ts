import { parseArgs, type ParseArgsConfig } from "node:util";
import { UserError } from "../platform/faults.ts";
import { suggestion } from "./closest.ts";

/** 0: all proofs hold. 1: a proof failed, or an object is invalid. 2: the call or a file is wrong. */
export type ExitCode = 0 | 1 | 2;

interface Option {
  readonly type: "boolean" | "string";
  /** What a string option is given, in help: `FOLDER`. */
  readonly value?: string;
  readonly description: string;
  /** As help prints it. */
  readonly default?: string;
}
type Options = Readonly<Record<string, Option>>;

type Values<O extends Options> = {
  readonly [Name in keyof O]: O[Name]["type"] extends "boolean" ? boolean : string | undefined;
};

interface Call<O extends Options> {
  /** Where the command is run: the folder of Pulumi.yaml. */
  readonly folder: string;
  readonly arguments: readonly string[];
  readonly options: Values<O>;
}

interface Description<O extends Options = Options> {
  readonly name: string;
  /** Half a line, for the list of commands. */
  readonly summary: string;
  readonly description: string;
  readonly arguments: {
    readonly usage: string;
    readonly description?: string;
    readonly min: number;
    readonly max: number;
  };
  readonly options: O;
  readonly examples: readonly string[];
  /** When the command exits with which status. */
  readonly status: Readonly<Partial<Record<ExitCode, string>>>;
}

interface CommandSpec<O extends Options> extends Description<O> {
  /** Imports what it needs itself: help must not wait for a cloud's provider. */
  readonly run: (call: Call<O>) => Promise<ExitCode>;
}

export interface Command {
  readonly name: string;
  readonly summary: string;
  readonly call: (args: readonly string[], folder: string) => Promise<ExitCode>;
}

const help = { type: "boolean", description: "prints this help" } as const;

/** A command that parses its own arguments, refuses what it does not take, and describes itself. */
export function defineCommand<const O extends Options>(spec: CommandSpec<O>): Command {
  const { name, summary } = spec;
  return {
    name,
    summary,
    async call(args, folder) {
      const { positionals, values } = parse(spec, args);
      if (values["help"] === true) {
        process.stdout.write(helpOf(spec));
        return 0;
      }
      requireCount(spec, positionals);
      return spec.run({ folder, arguments: positionals, options: values as Values<O> });
    },
  };
}

interface Parsed {
  readonly values: Readonly<Record<string, unknown>>;
  readonly positionals: readonly string[];
}

function parse({ name, options }: Description, args: readonly string[]): Parsed {
  const known: Options = { ...options, help };
  const config = {
    args: [...args],
    allowPositionals: true,
    options: Object.fromEntries(
      Object.entries(known).map(([option, { type }]) => [
        option,
        { type, ...(option === "help" && { short: "h" }), ...(type === "boolean" && { default: false }) },
      ]),
    ),
  } satisfies ParseArgsConfig;
  for (const token of parseArgs({ ...config, strict: false, tokens: true }).tokens) {
    if (token.kind === "option" && !Object.hasOwn(known, token.name)) throw unknownOption(name, token, known);
  }
  try {
    return parseArgs({ ...config, strict: true });
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new UserError(`${error.message.replace(/\.?$/, ".")} Run 'promptops ${name} --help'.`);
  }
}

function unknownOption(
  command: string,
  { name, rawName }: { name: string; rawName: string },
  known: Options,
): UserError {
  const names = Object.keys(known).map((option) => `--${option}`);
  const meant = suggestion(`--${name}`, names);
  return new UserError(
    `'promptops ${command}' has no option '${rawName}'.${meant} Its options are ${names.join(", ")}.`,
  );
}

function requireCount({ name, arguments: { usage, min, max } }: Description, given: readonly string[]): void {
  if (given.length >= min && given.length <= max) return;
  if (max === 0) throw new UserError(`'promptops ${name}' takes no arguments; '${given.join(" ")}' was given.`);
  throw new UserError(`${given.length < min ? "Too few" : "Too many"} arguments: promptops ${name} ${usage}.`);
}

function helpOf(spec: Description): string {
  const {
    name,
    description,
    arguments: { usage, description: what },
    examples,
    status,
  } = spec;
  const options = Object.entries<Option>({ ...spec.options, help }).map(
    ([option, { value, description, default: standard }]) => [
      `${option === "help" ? "-h, " : ""}--${option}${value === undefined ? "" : ` ${value}`}`,
      `${description}${standard === undefined ? "" : ` (default: ${standard})`}`,
    ],
  );
  const exits = { 0: "done", 2: "a file or the command line is invalid", ...status };
  return [
    ["Usage: promptops", name, usage, "[options]"].filter(Boolean).join(" "),
    "",
    description,
    "",
    ...(what === undefined ? [] : ["Arguments", ...columns([[usage, what]]), ""]),
    "Options",
    ...columns(options),
    "",
    "Examples",
    ...examples.map((example) => `  ${example}`),
    "",
    "Exit status",
    ...columns(Object.entries(exits)),
    "",
  ].join("\n");
}

/** Names and what they mean, under each other. Further lines of a meaning are indented as the first. */
export function columns(rows: readonly (readonly string[])[]): string[] {
  const width = Math.max(...rows.map(([name = ""]) => name.length)) + 2;
  return rows.map(
    ([name = "", meaning = ""]) => `  ${name.padEnd(width)}${meaning.replaceAll("\n", `\n${" ".repeat(width + 2)}`)}`,
  );
}
