import { runtime } from "@pulumi/pulumi";
import {
  type EngineEvent,
  type InlineProgramArgs,
  LocalWorkspace,
  type LocalWorkspaceOptions,
  type Stack as PulumiStack,
} from "@pulumi/pulumi/automation/index.js";
import { program } from "../infra/index.ts";
import type { Descriptors } from "../platform/descriptors.ts";
import type { Environment } from "../platform/environment.ts";
import { UserError } from "../platform/faults.ts";

const PROJECT = "promptops";

/** One step of the engine on one resource, in the order in which it began. Resources that stay as they are have none. */
export interface Step {
  /** As Pulumi calls it: create, update, delete, create-replacement, delete-replaced and so on. */
  readonly op: string;
  readonly urn: string;
  /** The inputs that differ, by their first key; empty where there is nothing to compare. */
  readonly changed: readonly string[];
}

/** A resource that its cloud has otherwise than the state: with other inputs, or no longer. */
export interface Drift {
  readonly urn: string;
  readonly before: Inputs;
  /** @default - it is gone */
  readonly after?: Inputs;
}

type Inputs = Readonly<Record<string, unknown>>;

/** A resource of the state, as `pulumi stack export` has it. */
export interface StateResource {
  readonly urn: string;
  readonly type: string;
  readonly custom: boolean;
  readonly protect?: boolean;
  readonly inputs?: Readonly<Record<string, unknown>>;
  readonly outputs?: Readonly<Record<string, unknown>>;
  readonly dependencies?: readonly string[];
  readonly ignoreChanges?: readonly string[];
}

export interface RunOptions {
  /** URNs; the rest stays as it is. @default - every resource */
  readonly targets?: readonly string[];
  readonly onStep?: (step: Step) => void;
}

/** A deployed stack, driven by the `pulumi` on the PATH. The program runs in this process. */
export class Stack {
  private constructor(
    private readonly stack: PulumiStack,
    private readonly descriptors: Descriptors,
  ) {}

  /** Selects a stack that exists, or makes it. `workDir` is the folder of Pulumi.yaml. */
  static async open(
    name: string,
    descriptors: Descriptors,
    { create, ...options }: LocalWorkspaceOptions & { readonly create?: boolean },
  ): Promise<Stack> {
    // Every run is given its own program.
    const args: InlineProgramArgs = { stackName: name, projectName: PROJECT, program: () => Promise.resolve() };
    try {
      const stack = await (create
        ? LocalWorkspace.createOrSelectStack(args, options)
        : LocalWorkspace.selectStack(args, options));
      return new Stack(stack, descriptors);
    } catch (error) {
      throw await openingError(error, name);
    }
  }

  /** Secrets are in clear. */
  async resources(): Promise<StateResource[]> {
    const { deployment } = (await this.stack.exportStack()) as { deployment: { resources?: StateResource[] } };
    return deployment.resources ?? [];
  }

  /** An output of the last `up`, in clear. */
  async output(name: string): Promise<unknown> {
    return (await this.stack.outputs())[name]?.value as unknown;
  }

  preview(environment: Environment, { targets, onStep }: RunOptions = {}): Promise<Step[]> {
    return stepsOf(
      (onEvent) => this.stack.preview({ ...targeted(targets), program: this.programOf(environment), onEvent }),
      onStep,
    );
  }

  up(environment: Environment, { targets, onStep }: RunOptions = {}): Promise<Step[]> {
    return stepsOf(
      (onEvent) => this.stack.up({ ...targeted(targets), program: this.programOf(environment), onEvent }),
      onStep,
    );
  }

  refresh(): Promise<Step[]> {
    return stepsOf((onEvent) => this.stack.refresh({ onEvent }));
  }

  /** Reads every resource from its cloud, and changes nothing, not even the state. Values of secrets are masked. */
  async drift(): Promise<Drift[]> {
    const found: Drift[] = [];
    await stepsOf((onEvent) =>
      this.stack.previewRefresh({
        onEvent(event) {
          onEvent(event);
          found.push(...driftIn(event));
        },
      }),
    );
    return found;
  }

  destroy({ onStep }: Pick<RunOptions, "onStep"> = {}): Promise<Step[]> {
    return stepsOf((onEvent) => this.stack.destroy({ onEvent }), onStep);
  }

  private programOf(environment: Environment): () => Promise<Record<string, unknown>> {
    return () => Promise.resolve({ ...program(environment, this.descriptors) });
  }
}

/** `Cluster promptops-production` */
export function shortName(urn: string): string {
  const [type = "", name = ""] = urn.split("::").slice(2);
  return `${type.split(/[$:/]/).at(-1) ?? type} ${name}`;
}

const targeted = (targets: readonly string[] | undefined): { target?: string[] } =>
  targets ? { target: [...targets] } : {};

/** What the engine looks at and leaves as it is. `refresh: always` in Pulumi.yaml looks at everything before each run. */
const WITHOUT_EFFECT: ReadonlySet<string> = new Set(["same", "read", "refresh"]);

/** The part of the engine's event that is read. */
interface StepMetadata {
  readonly op: string;
  readonly urn: string;
  readonly old?: { readonly inputs: Inputs };
  readonly new?: { readonly inputs: Inputs };
}

async function stepsOf(
  run: (onEvent: (event: EngineEvent) => void) => Promise<unknown>,
  onStep?: (step: Step) => void,
): Promise<Step[]> {
  const steps: Step[] = [];
  const problems: string[] = [];
  try {
    await run(({ resourcePreEvent, diagnosticEvent }) => {
      if (diagnosticEvent?.severity === "error") problems.push(withoutMarks(diagnosticEvent.message));
      if (!resourcePreEvent) return;
      const { op, urn, old, new: next } = resourcePreEvent.metadata as StepMetadata;
      if (WITHOUT_EFFECT.has(op)) return;
      const step = { op, urn, changed: old && next ? differing(old.inputs, next.inputs) : [] };
      steps.push(step);
      onStep?.(step);
    });
  } catch (error) {
    if (problems.length === 0) problems.push(...errorsIn(String(error)));
    throw problems.length > 0 ? new EngineError(problems, steps, { cause: error }) : error;
  }
  return steps;
}

/** What a provider found when it read a resource. Outputs that its cloud computes are no drift. */
function driftIn({ resOutputsEvent }: EngineEvent): Drift[] {
  if (!resOutputsEvent) return [];
  const { op, urn, old, new: next } = resOutputsEvent.metadata as StepMetadata;
  if (!old || !["delete", "update"].includes(op)) return [];
  if (op === "delete") return [{ urn, before: old.inputs }];
  return next && differing(old.inputs, next.inputs).length > 0 ? [{ urn, before: old.inputs, after: next.inputs }] : [];
}

/** Keys whose values differ. One that a preview cannot know, because what it is made of changes first, is no difference yet. */
function differing(before: Inputs, after: Inputs): string[] {
  const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
  const known = [...keys].filter((key) => after[key] !== runtime.unknownValue);
  return known.filter((key) => JSON.stringify(before[key]) !== JSON.stringify(after[key])).toSorted();
}

/** What `pulumi` printed as an error, each once. */
const errorsIn = (output: string): string[] => [
  ...new Set([...output.matchAll(/^error: (.*)$/gm)].map(([, message = ""]) => message)),
];

/** The engine marks colors like `<{%fg 1%}>`. */
const withoutMarks = (message: string): string => message.replaceAll(/<\{%[^%]*%\}>/g, "").trim();

/** What the engine refused, and the steps that it had begun. */
export class EngineError extends UserError {
  override name = "EngineError";
  constructor(
    problems: readonly string[],
    readonly steps: readonly Step[],
    options: ErrorOptions,
  ) {
    super([...problems, "Fix this, and repeat the command."].join("\n"), options);
  }
}

async function openingError(error: unknown, name: string): Promise<unknown> {
  if (isMissingProgram(error)) {
    return new UserError(
      "There is no 'pulumi' on the PATH. Install the Pulumi CLI, sign in to the state's backend, and repeat.",
    );
  }
  const { StackNotFoundError, CommandError } = await import("@pulumi/pulumi/automation/index.js");
  if (error instanceof StackNotFoundError) {
    return new UserError(`Pulumi's backend has no stack '${name}'. 'pulumi stack ls --all' lists those it has.`);
  }
  if (error instanceof CommandError) return new UserError(`Pulumi: ${errorsIn(error.message).join("\n")}`);
  return error;
}

const isMissingProgram = (error: unknown): boolean => /ENOENT/.test(String(error)) && /pulumi/.test(String(error));
