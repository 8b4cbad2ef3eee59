import type { Plan, PlannedObject } from "../../plan/model/plan.ts";
import { remodel } from "../plans.ts";
import { belongs, type Category, isDamageable } from "./categories.ts";
import { isDefault } from "./defaults.ts";
import { type Part, partOfObject, partOfResource, resourceOf, type Site, sitesOf, withValue } from "./sites.ts";
import { damagesOf } from "./values.ts";

/** One thing changed for the worse. */
export interface Mutation {
  readonly category: Category;
  /** `50-services/deployment.application.worker.yaml: spec.replicas: 2 -> -1`. */
  readonly name: string;
  /** The damaged object; undefined where one is gone, or a resource is damaged. */
  readonly object?: () => PlannedObject;
  readonly apply: () => Plan;
}

type Parts = Pick<Plan, "objects" | "resources">;

/** A part of a plan that can be replaced or taken away. */
interface Damageable extends Part {
  readonly replaced: (content?: unknown) => Parts;
}

function damageables(plan: Plan): Damageable[] {
  const { objects, resources } = plan;
  return [
    ...objects.map((each, at) => ({
      ...partOfObject(each),
      replaced: (manifest?: unknown) => ({
        resources,
        objects: objects.toSpliced(
          at,
          1,
          ...(manifest ? [{ ...each, manifest: manifest as PlannedObject["manifest"] }] : []),
        ),
      }),
    })),
    ...resources
      .filter(({ custom }) => custom)
      .map((each) => ({
        ...partOfResource(each),
        replaced: (content?: unknown) => ({
          objects,
          resources: resources.flatMap((other) =>
            other !== each ? [other] : content ? [resourceOf(each, content)] : [],
          ),
        }),
      })),
  ];
}

/** All damage that is known to a plan, by category. Nothing is applied before it is asked for. */
export function mutationsOf(plan: Plan): Mutation[] {
  const parts = damageables(plan);
  const contents = parts.map(({ content }) => JSON.stringify(content));
  return parts.flatMap((part, at) => {
    const sites = sitesOf(part).filter(isDamageable);
    const named = nameOf(part);
    const isNamed = named !== "" && contents.some((text, other) => other !== at && text.includes(`"${named}"`));
    return [
      ...Object.entries(belongs).flatMap(([category, includes]) =>
        sites.filter(includes).flatMap((site) => fieldDamages(plan, part, category as Category, site)),
      ),
      ...sites.flatMap((site) => syntaxDamages(plan, part, site)),
      ...(isNamed ? [removal(plan, part, "Orphanism")] : []),
      removal(plan, part, "Dependency"),
    ];
  });
}

const nameOf = ({ content }: Part): string => (content as { metadata?: { name?: string } }).metadata?.name ?? "";

const short = (value: unknown): string => (value === undefined ? "gone" : JSON.stringify(value).slice(0, 120));

function fieldDamages(plan: Plan, part: Damageable, category: Category, site: Site): Mutation[] {
  const { path, value } = site;
  const damages = damagesOf(value, path.at(-1) ?? "").filter((to) => to !== undefined || !isDefault(site));
  return damages.map((to) =>
    change(plan, part, {
      category,
      what: `${path.join(".")}: ${short(value)} -> ${short(to)}`,
      content: () => withValue(part.content, path, to),
    }),
  );
}

/** Keys whose values are free: any other key or text may stand there. */
const OPEN = /^(labels|annotations|data|matchLabels|nodeSelector)$/;

/** Unknown keys, and values of another type. Kubernetes objects alone: an engine checks the types of its inputs. */
function syntaxDamages(plan: Plan, part: Damageable, { path, value, group }: Site): Mutation[] {
  const key = path.at(-1) ?? "";
  if (group === "cloud" || /^\d+$/.test(key) || path.some((each) => OPEN.test(each))) return [];
  const misspelt = (): unknown =>
    withValue(withValue(part.content, path, undefined), [...path.slice(0, -1), `${key}x`], value);
  const otherType = (): unknown => withValue(part.content, path, typeof value === "object" ? "text" : { value });
  return [
    change(plan, part, { category: "Syntax", what: `${path.join(".")} misspelt`, content: misspelt }),
    change(plan, part, { category: "Syntax", what: `${path.join(".")} of another type`, content: otherType }),
  ];
}

interface Change {
  readonly category: Category;
  readonly what: string;
  readonly content: () => unknown;
}

function change(plan: Plan, part: Damageable, { category, what, content }: Change): Mutation {
  const apply = (): Plan => remodel(plan, part.replaced(content()));
  const name = `${part.name}: ${what}`;
  if (part.group === "cloud") return { category, name, apply };
  return {
    category,
    name,
    apply,
    object: () => ({ path: part.name, manifest: content() as PlannedObject["manifest"] }),
  };
}

const removal = (plan: Plan, part: Damageable, category: Category): Mutation => ({
  category,
  name: `${part.name} removed`,
  apply: () => remodel(plan, part.replaced()),
});
