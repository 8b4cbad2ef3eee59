import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { runtime } from "@pulumi/pulumi";
import { hidden, type Recorded, type RecordedObject, type RecordedResource, unknownFrom } from "./model/recorded.ts";

/** The part of Pulumi's registration request that is kept. The SDK's own type is generated and untyped. */
export interface Registration {
  getType(): string;
  getName(): string;
  getParent(): string;
  getCustom(): boolean;
  getProtect(): boolean | undefined;
  /** URN and id of the provider, with `::` between them; empty for components and default providers. */
  getProvider(): string;
  getDeletebeforereplace(): boolean;
  getDeletebeforereplacedefined(): boolean;
  getObject(): { toJavaScript(): Record<string, unknown> };
  getIgnorechangesList(): string[];
  getDependenciesList(): string[];
  getPropertydependenciesMap(): { get(key: string): { getUrnsList(): string[] } | undefined };
  getSourceposition(): { getUri(): string; getLine(): number } | undefined;
}

/** What the recorder keeps of a registration. */
export function keepResource(registration: Registration, urn: string): RecordedResource {
  const origins = registration.getPropertydependenciesMap();
  const inputs = Object.entries(registration.getObject().toJavaScript())
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([key, value]): [string, Recorded] => [
      key,
      toRecorded(value, origins.get(key)?.getUrnsList().toSorted() ?? []),
    ]);
  const parent = registration.getParent();
  const provider = urnOfProvider(registration.getProvider());
  const propertyDependencies = inputs.flatMap(([key]): [string, readonly string[]][] => {
    const urns = origins.get(key)?.getUrnsList() ?? [];
    return urns.length > 0 ? [[key, urns.toSorted()]] : [];
  });
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
    ...(propertyDependencies.length > 0 && { propertyDependencies: Object.fromEntries(propertyDependencies) }),
    ...(provider !== "" && { provider }),
    ...(registration.getDeletebeforereplacedefined() && { deleteBeforeReplace: registration.getDeletebeforereplace() }),
  };
}

/** `urn:pulumi:...::aws::<id>`: the last part is the id, which nothing has in a preview. */
const urnOfProvider = (reference: string): string => reference.split("::").slice(0, -1).join("::");

/** Where the program declares a resource: file and line, and its parent. */
export function declarationOf(registration: Registration): string {
  const position = registration.getSourceposition();
  const parent = registration.getParent();
  const where = position
    ? `${relative(process.cwd(), fileURLToPath(position.getUri()))}:${position.getLine()}`
    : "an unknown position";
  return parent === "" ? where : `${where}, in ${parent.split("::").at(-1) ?? parent}`;
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
