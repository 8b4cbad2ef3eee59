import type { Plan, PlannedObject } from "../../plan/model/plan.ts";
import { validateObjects } from "../../plan/validate-objects.ts";
import { groupBy } from "../../platform/group-by.ts";
import { proofs } from "../../proofs/index.ts";
import { categories, type Category } from "./categories.ts";
import { whyHarmless } from "./harmless.ts";
import { type Mutation, mutationsOf } from "./mutations.ts";

export interface Score {
  readonly category: Category;
  readonly tried: number;
  readonly caught: number;
  readonly survivors: readonly string[];
  /** Damage that no proof judged, since the proofs could not be run on it. Counts as missed. */
  readonly thrown: readonly string[];
}

/** Cheap ones first: what packs pods onto nodes takes the longest. */
const inOrder = proofs.toSorted(
  (one, other) => Number(one.name.startsWith("fits-")) - Number(other.name.startsWith("fits-")),
);

export interface Sample {
  /** How many damages of each category are tried, or all where there are fewer. */
  readonly perCategory: number;
  /** The same seed draws the same damages. */
  readonly seed: number;
}

export async function scoreOf(plan: Plan, { perCategory, seed }: Sample): Promise<Score[]> {
  const random = generator(seed);
  const byCategory = groupBy(mutationsOf(plan), ({ category }) => category);
  const scores: Score[] = [];
  for (const category of categories) {
    const tried = draw(byCategory.get(category) ?? [], perCategory, random);
    const judged = await Promise.all(
      tried.map(async (mutation) => ({ name: mutation.name, verdict: await judge(plan, mutation) })),
    );
    const names = (verdict: Verdict): string[] =>
      judged.filter((each) => each.verdict === verdict).map(({ name }) => name);
    const [survivors, thrown] = [names("survived"), names("thrown")];
    scores.push({ category, tried: tried.length, caught: names("caught").length, survivors, thrown });
  }
  return scores;
}

/** `harmless` is a part of what was missed. */
export const total = (scores: readonly Score[]): Pick<Score, "tried" | "caught"> & { readonly harmless: number } => ({
  tried: scores.reduce((sum, { tried }) => sum + tried, 0),
  caught: scores.reduce((sum, { caught }) => sum + caught, 0),
  harmless: scores.flatMap(({ survivors }) => survivors).filter((name) => whyHarmless(name) !== undefined).length,
});

/** The score per category, and every damage that was missed. */
export function printed(title: string, scores: readonly Score[]): string {
  const { tried, caught, harmless } = total(scores);
  return [
    `${title}: caught ${caught} of ${tried}, and ${harmless} that were missed do no harm`,
    ...scores.flatMap((each) => [
      `  ${each.category.padEnd(24)} ${each.caught} of ${each.tried}`,
      ...each.survivors.map((name) => `    missed  ${name}${explained(name)}`),
      ...each.thrown.map((name) => `    thrown  ${name}`),
    ]),
  ].join("\n");
}

function explained(name: string): string {
  const reason = whyHarmless(name);
  return reason === undefined ? "" : ` (harmless: ${reason})`;
}

type Verdict = "caught" | "survived" | "thrown";

async function judge(plan: Plan, { object, apply }: Mutation): Promise<Verdict> {
  try {
    if (object && (await isRefused(plan, object()))) return "caught";
    const damaged = apply();
    return inOrder.some(({ examine }) => examine(damaged).failures.length > 0) ? "caught" : "survived";
  } catch {
    return "thrown";
  }
}

/** Whether the API server refuses an object, or its pods in their namespace. */
async function isRefused(plan: Plan, damaged: PlannedObject): Promise<boolean> {
  const namespaces = plan.objects.filter(({ manifest }) => manifest.kind === "Namespace");
  const { failures } = await validateObjects({ ...plan, objects: [damaged, ...namespaces], addons: [] });
  return failures.length > 0;
}

function draw<Item>(items: readonly Item[], count: number, random: () => number): Item[] {
  const left = [...items];
  const drawn: Item[] = [];
  while (drawn.length < count && left.length > 0) {
    const at = Math.floor(random() * left.length);
    const [item] = left.splice(at, 1, left.at(-1) as Item);
    left.pop();
    if (item !== undefined) drawn.push(item);
  }
  return drawn;
}

/** Mulberry32: small, and the same on every machine. */
function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
