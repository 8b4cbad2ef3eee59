import { runtime } from "@pulumi/pulumi";
import { hidden, type Recorded, type RecordedObject, type RecordedResource, unknownFrom } from "./model/recorded.ts";

const PROJECT = "promptops";

/** The part of Pulumi's registration request that is kept. The SDK's own type is generated and says `any`. */
interface Registration {
  getType(): string;
  getName(): string;
  getParent(): string;
  getCustom(): boolean;
  getProtect(): boolean | undefined;
  getObject(): { toJavaScript(): Record<string, unknown> };
  getIgnorechangesList(): string[];
  getDependenciesList(): string[];
  getPropertydependenciesMap(): { get(key: string): { getUrnsList(): string[] } | undefined };
}

type Respond = (error: Error | null, response: { getUrn(): string } | undefined) => void;

interface Monitor {
  registerResource(registration: Registration, respond: Respond): void;
}

/**
 * Runs a Pulumi program in process, without an engine, a provider or a cloud, and returns the resources it declares, in
 * order of URN. The run is a preview: what a provider would make stays unknown, and no `apply` is given a value of it.
 *
 * Pulumi keeps the monitor in a global, so programs are recorded one after the other, never side by side.
 */
export async function record(stack: string, program: () => unknown): Promise<RecordedResource[]> {
  const { stackTraceLimit } = Error;
  try {
    // Pulumi takes a stack trace for each of thousands of promises: half the time of a plan, and read by nobody.
    Error.stackTraceLimit = 0;
    return await run(stack, program);
  } catch {
    // A program that fails is run once more, for an error that says where.
    Error.stackTraceLimit = stackTraceLimit;
    return await run(stack, program);
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

async function run(stack: string, program: () => unknown): Promise<RecordedResource[]> {
  const resources: RecordedResource[] = [];
  const questions: string[] = [];
  await runtime.setMocks(
    {
      newResource: ({ inputs }) => ({ id: "", state: inputs as Record<string, unknown> }),
      call: ({ token }) => {
        questions.push(token);
        return {};
      },
    },
    PROJECT,
    stack,
    true,
  );
  listen(resources);
  await settle(program);
  if (questions.length > 0) {
    const asked = questions.join(", ");
    throw new Error(`The program asks the cloud (${asked}). Declare what it needs to know in the environment's file.`);
  }
  return resources.toSorted((one, other) => (one.urn < other.urn ? -1 : 1));
}

/** Keeps what the program registers, beside what Pulumi's own mocks do with it. */
function listen(resources: RecordedResource[]): void {
  const monitor = runtime.getMonitor() as unknown as Monitor;
  const register = monitor.registerResource.bind(monitor);
  monitor.registerResource = (registration, respond) => {
    register(registration, (error, response) => {
      if (response) resources.push(keep(registration, response.getUrn()));
      respond(error, response);
    });
  };
}

/** Runs a program until nothing of it is under way. What fails inside an output fails in a promise that nobody awaits. */
async function settle(program: () => unknown): Promise<void> {
  const failures: unknown[] = [];
  const note = (failure: unknown): void => void failures.push(failure);
  process.on("unhandledRejection", note);
  try {
    program();
    await runtime.disconnect();
    await new Promise(setImmediate);
  } finally {
    process.off("unhandledRejection", note);
  }
  if (failures.length > 0) throw failures[0];
}

function keep(registration: Registration, urn: string): RecordedResource {
  const origins = registration.getPropertydependenciesMap();
  const inputs = Object.entries(registration.getObject().toJavaScript())
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([key, value]): [string, Recorded] => [
      key,
      toRecorded(value, origins.get(key)?.getUrnsList().toSorted() ?? []),
    ]);
  const parent = registration.getParent();
  return {
    urn,
    type: registration.getType(),
    name: registration.getName(),
    ...(parent !== "" && { parent }),
    custom: registration.getCustom(),
    protect: registration.getProtect() ?? false,
    inputs: Object.fromEntries(inputs),
    ignoreChanges: registration.getIgnorechangesList(),
    dependsOn: registration.getDependenciesList().toSorted(),
  };
}

function toRecorded(value: unknown, origins: readonly string[]): Recorded {
  if (value === runtime.unknownValue) return unknownFrom(origins);
  if (Array.isArray(value)) return value.map((item) => toRecorded(item, origins));
  if (typeof value === "object" && value !== null) return toRecordedObject(value as Record<string, unknown>, origins);
  return (value ?? null) as Recorded;
}

function toRecordedObject(value: Record<string, unknown>, origins: readonly string[]): RecordedObject {
  if (value[runtime.specialSigKey] === runtime.specialSecretSig) return hidden;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, toRecorded(item, origins)]));
}
