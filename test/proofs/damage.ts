import { expect, test } from "vitest";
import type { Proof } from "../../proofs/proof.ts";
import { environmentNames } from "../environments.ts";
import { damageObject, type Editable, planOf } from "../plans.ts";

/** What is damaged, the object's kind and name, the damage to its manifest, and the failure that must follow. */
export type Damage = readonly [
  what: string,
  kind: string,
  name: string,
  damage: (manifest: Editable) => unknown,
  failure: RegExp,
];

/** A proof that holds for every environment, and finds each damage to production's objects. */
export function testProof(proof: Proof, damages: readonly Damage[]): void {
  test.each(environmentNames)("holds for %s", async (name) => {
    expect(proof.examine(await planOf(name)).failures).toEqual([]);
  });

  test.each(damages)("finds %s: %s %s", async (...each) => {
    const [, kind, name, damage, failure] = each;
    const damaged = damageObject(await planOf("production"), kind, name, (manifest) => {
      damage(manifest);
    });
    expect(proof.examine(damaged).failures).toContainEqual(expect.stringMatching(failure));
  });
}

/** The first container of a workload. */
export const container = (manifest: Editable): Editable => manifest.spec.template.spec.containers[0];
export const pod = (manifest: Editable): Editable => manifest.spec.template.spec;
