import { expect, test } from "vitest";
import type { Plan } from "../../plan/model/plan.ts";
import { validateObjects } from "../../plan/validate-objects.ts";
import { groupBy } from "../../platform/group-by.ts";
import { proofs } from "../../proofs/index.ts";
import { planOf, remodel } from "../plans.ts";
import { type Mutation, objectMutations, resourceMutations } from "./mutations.ts";

/** Damage of one kind that is tried: spread over all of its places, the same ones every time. */
const MAX_PER_KIND = 24;

/** What survives, and why nothing in a plan can tell. Everything else must be caught. */
const explained: readonly { readonly group: string; readonly where: RegExp; readonly why: string }[] = [
  {
    group: "node selectors",
    where: /application\.argocd/,
    why: "what a chart makes of its values is seen where it is rendered",
  },
  { group: "graces", where: /\/job\./, why: "a job promises no drain: it is run again" },
  {
    group: "stored secrets",
    where: /-password$|database-admin$/,
    why: "a generated password is read through the document made of it",
  },
  { group: "nodes' labels", where: /application-eu/, why: "the other zones hold every pod" },
  { group: "classes", where: /standard-ssd$/, why: "nothing claims a volume of it yet" },
];

const base = await planOf("production");
/** Cheap ones first: what packs pods onto nodes takes the longest. */
const inOrder = proofs.toSorted(
  (one, other) => Number(one.name.startsWith("fits-")) - Number(other.name.startsWith("fits-")),
);

async function isCaught({ objects = base.objects, resources = base.resources }: Mutation): Promise<boolean> {
  if ((await validateObjects({ ...base, objects })).failures.length > 0) return true;
  let plan: Plan;
  try {
    plan = remodel(base, { objects, resources });
  } catch {
    return true;
  }
  return inOrder.some(({ examine }) => examine(plan).failures.length > 0);
}

function sample(mutations: readonly Mutation[]): Mutation[] {
  const step = Math.max(1, Math.ceil(mutations.length / MAX_PER_KIND));
  return mutations.filter((_, index) => index % step === 0);
}

test("generated damage to production's plan is caught by the API server's code or a proof, but for what is explained", async () => {
  const all = [...objectMutations(base.objects), ...resourceMutations(base.resources)];
  const tried = [...groupBy(all, ({ group }) => group).values()].flatMap(sample);
  const caught = await Promise.all(tried.map(isCaught));
  const left = tried.filter((_, index) => caught[index] !== true);
  const scores = [...groupBy(tried, ({ group }) => group)].map(([group, mutations]) => {
    const missed = left.filter((each) => each.group === group).length;
    return `  ${group.padEnd(20)} ${mutations.length - missed} of ${mutations.length}`;
  });
  console.log(
    `caught ${tried.length - left.length} of ${tried.length}, a sample of ${all.length}\n${scores.join("\n")}`,
  );
  const unexplained = left.filter(
    (mutation) => !explained.some(({ group, where }) => group === mutation.group && where.test(mutation.name)),
  );
  expect(unexplained.map(({ group, name }) => `${group}: ${name}`)).toEqual([]);
  expect(tried.length).toBeGreaterThan(250);
  expect(left.length / tried.length, "the score that is held").toBeLessThan(0.06);
  for (const { group, where } of explained) {
    expect(
      left.some((each) => each.group === group && where.test(each.name)),
      `${group} still needs its excuse`,
    ).toBe(true);
  }
}, 300_000);
