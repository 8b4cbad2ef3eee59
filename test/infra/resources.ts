import { knownText, originsOf, type RecordedResource } from "../../plan/model/recorded.ts";
import { planOf } from "../plans.ts";

export const { resources } = await planOf("production");

export function ofType(type: string, from: readonly RecordedResource[] = resources): RecordedResource[] {
  return from.filter((resource) => resource.type === type);
}

export function one(type: string, name?: string, from: readonly RecordedResource[] = resources): RecordedResource {
  const [found, ...others] = ofType(type, from).filter((resource) => name === undefined || resource.name === name);
  if (!found || others.length > 0)
    throw new Error(`${found ? others.length + 1 : 0} resources are ${type} ${name ?? ""}`);
  return found;
}

/** The resource that an input's unknown value comes from. */
export function originOf(resource: RecordedResource, input: string): RecordedResource {
  const urns = originsOf(resource.inputs[input]) ?? [];
  const found = resources.find(({ urn }) => urns.includes(urn));
  if (!found) throw new Error(`${resource.name}.${input} comes from nothing`);
  return found;
}

interface Statement {
  Action: string | string[];
  Resource?: string | string[];
  Condition?: unknown;
}

export function statementsOf(resource: RecordedResource): Statement[] {
  return (parsed(resource, "policy") as { Statement: Statement[] }).Statement;
}

/** An input that is a JSON document. */
export function parsed(resource: RecordedResource, input: string): unknown {
  return JSON.parse(knownText(resource, input));
}
