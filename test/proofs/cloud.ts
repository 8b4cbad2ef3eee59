import { expect } from "vitest";
import type { Plan } from "../../plan/model/plan.ts";
import type { Recorded, RecordedResource } from "../../plan/model/recorded.ts";
import type { Proof } from "../../proofs/proof.ts";
import { type Editable, withResourcesAlone } from "../plans.ts";

/** Changes each resource of a type, of one name if it is given. */
export function damaged(plan: Plan, of: string, damage: (inputs: Editable, resource: Editable) => void): Plan {
  const [type = "", name] = of.split(" ");
  let changed = 0;
  const resources = plan.resources.map((resource) => {
    if (!isOf(resource, type, name)) return resource;
    changed += 1;
    const copy = structuredClone(resource);
    damage(copy.inputs, copy);
    return copy;
  });
  expect(changed, of).toBeGreaterThan(0);
  return withResourcesAlone(plan, resources);
}

/** The plan without each resource of a type, of one name if it is given. */
export function without(plan: Plan, of: string): Plan {
  const [type = "", name] = of.split(" ");
  const resources = plan.resources.filter((resource) => !isOf(resource, type, name));
  expect(resources.length, of).toBeLessThan(plan.resources.length);
  return withResourcesAlone(plan, resources);
}

export function withResource(plan: Plan, type: string, inputs: Readonly<Record<string, Recorded>>): Plan {
  const resource: RecordedResource = {
    ...{ urn: `urn:pulumi:x::y::${type}::extra`, type, name: "extra", custom: true, protect: true, inputs },
    ...{ ignoreChanges: [], dependsOn: [] },
  };
  return withResourcesAlone(plan, [...plan.resources, resource]);
}

const isOf = (resource: RecordedResource, type: string, name: string | undefined): boolean =>
  resource.custom && resource.type.split(":").at(-1) === type && (name === undefined || resource.name === name);

/** The first resource of a type and name. */
export function found(plan: Plan, of: string): RecordedResource {
  const [type = "", name] = of.split(" ");
  const resource = plan.resources.find((each) => isOf(each, type, name));
  if (!resource) throw new Error(`no ${of}`);
  return resource;
}

export const output = (resource: RecordedResource): Editable => ({ $output: [resource.urn] });

/** What must be said of damage: a case of a table. */
export type Case = readonly [what: string, damage: (plan: Plan) => Plan, failure: RegExp];

export function expectFailure({ examine }: Proof, plan: Plan, failure: RegExp): void {
  expect(examine(plan).failures).toContainEqual(expect.stringMatching(failure));
}
