import { createRequire } from "node:module";
import { Resource, runtime } from "@pulumi/pulumi";
import { UserError } from "../platform/faults.ts";
import { declarationOf, keepResource, type Registration } from "./keep-resource.ts";
import type { RecordedResource } from "./model/recorded.ts";

const PROJECT = "promptops";

/** The private method by which Pulumi finds the line that declares a resource. */
const positions = Resource as unknown as { stackTrace: (skip: number) => readonly object[] };

/** The private module by which Pulumi names the promises that a program leaves open when it ends. */
const promises = createRequire(import.meta.url)("@pulumi/pulumi/runtime/debuggable.js") as {
  debuggablePromise: <Value>(promise: Promise<Value>) => Promise<Value>;
};

type Respond = (error: Error | null, response: { getUrn(): string } | undefined) => void;

/** The part of Pulumi's mock monitor that the recorder replaces. */
interface Monitor {
  newUrn(parent: string, type: string, name: string): string;
  registerResource(registration: Registration, respond: Respond): void;
}

/**
 * Runs a Pulumi program in process, without an engine, a provider or a cloud, and returns the resources it declares, in
 * order of URN. The run is a preview: what a provider would make stays unknown, and no `apply` is given a value of it.
 * What the engine refuses is refused here: a URN that is declared twice, a program that throws. The first error is the
 * one that is thrown.
 *
 * Pulumi keeps the monitor in a global, so programs are recorded one after the other, never side by side.
 */
export async function record(stack: string, program: () => unknown): Promise<RecordedResource[]> {
  const { stackTraceLimit } = Error;
  const { stackTrace } = positions;
  const { debuggablePromise } = promises;
  const restore = (): void => {
    Error.stackTraceLimit = stackTraceLimit;
    positions.stackTrace = stackTrace;
    promises.debuggablePromise = debuggablePromise;
  };
  try {
    // Pulumi takes a stack trace for each of thousands of promises, and for each resource to say where it was declared: half the
    // time of a plan, and read by nobody unless it fails.
    Error.stackTraceLimit = 0;
    positions.stackTrace = () => [];
    promises.debuggablePromise = (promise) => promise;
    return await run(stack, program);
  } catch (error) {
    restore();
    throw await withStack(error, () => run(stack, program));
  } finally {
    restore();
  }
}

/**
 * The same error from a second run, which keeps stack traces and positions; the first one if the second run ends in another way.
 * Positions stand below the first line of a message.
 */
async function withStack(first: unknown, again: () => Promise<unknown>): Promise<unknown> {
  try {
    await again();
    return first;
  } catch (second) {
    return firstLine(second) === firstLine(first) ? second : first;
  }
}

const firstLine = (error: unknown): string | undefined => String(error).split("\n", 1)[0];

async function run(stack: string, program: () => unknown): Promise<RecordedResource[]> {
  const resources: RecordedResource[] = [];
  const failures: unknown[] = [];
  await runtime.setMocks(
    {
      newResource: ({ inputs }) => ({ id: "", state: inputs as Record<string, unknown> }),
      call: ({ token }) => {
        failures.push(
          new Error(`The program asks the cloud (${token}). Declare what it needs to know in the environment's file.`),
        );
        return {};
      },
    },
    PROJECT,
    stack,
    true,
  );
  listen(stack, resources, failures);
  await settle(program, failures);
  if (failures.length > 0) throw failures[0];
  return resources.toSorted((one, other) => (one.urn < other.urn ? -1 : 1));
}

/** Keeps what the program registers, beside what Pulumi's own mocks do with it. */
function listen(stack: string, resources: RecordedResource[], failures: unknown[]): void {
  const monitor = runtime.getMonitor() as unknown as Monitor;
  const register = monitor.registerResource.bind(monitor);
  const declarations = new Map<string, string>();
  monitor.newUrn = (parent, type, name) => urnOf({ stack, parent, type, name });
  monitor.registerResource = (registration, respond) => {
    register(registration, (error, response) => {
      if (error) failures.push(error);
      if (response) {
        const urn = response.getUrn();
        const declaration = declarationOf(registration);
        const earlier = declarations.get(urn);
        if (earlier !== undefined) failures.push(duplicate(urn, [earlier, declaration]));
        declarations.set(urn, declaration);
        resources.push(keepResource(registration, urn));
      }
      respond(error, response);
    });
  };
}

/**
 * The URN that Pulumi's engine gives (`generateURN` in pkg/resource/deploy/deployment.go, v3.248.0): the type is the whole
 * chain of the parents' types, without the root stack's. Pulumi's own mocks keep the last parent's type alone.
 */
export function urnOf({
  stack,
  parent,
  type,
  name,
}: Readonly<Record<"stack" | "parent" | "type" | "name", string>>): string {
  const parentType = parent.split("::")[2] ?? "";
  const chain = parentType === "" || parentType === "pulumi:pulumi:Stack" ? type : `${parentType}$${type}`;
  return `urn:pulumi:${[stack, PROJECT, chain, name].join("::")}`;
}

const duplicate = (urn: string, declarations: readonly string[]): UserError =>
  new UserError(
    [
      `Two resources have the URN ${urn}, which the Pulumi engine refuses:`,
      ...declarations.map((declaration) => `  ${declaration}`),
      "Give one of them another name.",
    ].join("\n"),
  );

/** Runs a program until nothing of it is under way. What fails inside an output fails in a promise that nobody awaits. */
async function settle(program: () => unknown, failures: unknown[]): Promise<void> {
  const note = (failure: unknown): void => void failures.push(failure);
  process.on("unhandledRejection", note);
  try {
    program();
    await runtime.disconnect();
    await new Promise(setImmediate);
  } catch (error) {
    note(error);
  } finally {
    process.off("unhandledRejection", note);
  }
}
