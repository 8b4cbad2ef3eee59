import { parseDocument } from "yaml";
import { clearSecrets } from "./clear-secrets.ts";
import type { Fault } from "./faults.ts";
import { memoize } from "./memoize.ts";

/** Our namespace in the stack files: the project's name in Pulumi.yaml. */
const NAMESPACE = "promptops";

/** Values by key, as they are written. */
export type Keys = Readonly<Record<string, unknown>>;

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

export const inNamespace = (fault: Fault): Fault => ({ ...fault, path: `${NAMESPACE}:${fault.path}` });

interface OwnKeys {
  readonly own: Keys;
  readonly faults: readonly Fault[];
  readonly readable: boolean;
}

/**
 * Our keys without their namespace, and what is wrong with the file before any key is looked at. A file is read for its own environment
 * and as the neighbour of each other one.
 */
export const ownKeys = memoize((source): OwnKeys => {
  const { config, fault } = configOf(source);
  const own: [string, unknown][] = [];
  const faults: Fault[] = fault ? [fault] : [];
  for (const [key, value] of Object.entries(config)) {
    faults.push(...clearSecrets(key, value));
    const [namespace, ...name] = key.split(":");
    if (name.length === 0) faults.push({ path: key, rule: `has no namespace. Write ${NAMESPACE}:${key}.` });
    else if (namespace === NAMESPACE) own.push([name.join(":"), plainScalar(value)]);
  }
  return { own: Object.fromEntries(own), faults, readable: fault === undefined };
});

/** `pulumi config set` and `pulumi up -c` rewrite the file with `"true"` for `true`. No key takes those words as text. */
export function plainScalar(value: unknown): unknown {
  return value === "true" || value === "false" ? value === "true" : value;
}

function configOf(source: string): { config: Keys; fault?: Fault } {
  const content = contentOf(source);
  if (content instanceof Error) {
    const [reason = ""] = content.message.split("\n");
    return { config: {}, fault: { path: "YAML", rule: `${reason.replace(/[:.]$/, "")}. Correct the file.` } };
  }
  const config = isRecord(content) ? (content["config"] ?? {}) : content;
  if (isRecord(config)) return { config };
  const rule = `must map keys like ${NAMESPACE}:cloud to values.`;
  return { config: {}, fault: { path: "config", value: config, rule } };
}

/** What the text says, or why it says nothing. An alias is resolved last: one without an anchor, of too many others, or of itself. */
function contentOf(source: string): unknown {
  const document = parseDocument(source, { prettyErrors: true });
  const [broken] = [...document.errors, ...document.warnings];
  if (broken) return broken;
  try {
    const content: unknown = document.toJS();
    return /(?<!\\)"__proto__":/.test(JSON.stringify([content])) ? new Error("'__proto__' cannot be a key") : content;
  } catch (error) {
    if (error instanceof ReferenceError) return error;
    if (error instanceof TypeError) return new Error("An alias refers to the value that contains it");
    throw error;
  }
}
