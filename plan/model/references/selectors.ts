import { kindOf } from "./read.ts";
import type { KubernetesObject, Labels, LabelSelector } from "../kubernetes.ts";
import { type SelectorRow, selectorRows } from "../../../platform/catalogue/selectors.ts";
import { type Found, valuesAt } from "./values-at.ts";

/** Labels that something must bear. */
export interface Selection {
  readonly at: string;
  readonly of: SelectorRow["of"];
  readonly selector: LabelSelector;
  /** @default - the object's own namespace */
  readonly namespaces: NamespaceChoice;
}

/** Namespaces by name, or by labels. */
export interface NamespaceChoice {
  readonly names?: readonly string[];
  readonly selector?: LabelSelector;
}

/** What an object selects. An empty selector selects everything, so it is no claim that something is there. */
export function selectionsOf(object: KubernetesObject): Selection[] {
  return (selectorRows[kindOf(object)] ?? []).flatMap((row) =>
    valuesAt(object, row.at)
      .map((found) => ({
        at: found.at,
        of: row.of,
        selector: row.isMap ? { matchLabels: found.value as Labels } : (found.value as LabelSelector),
        namespaces: namespacesOf(row, found, object),
      }))
      .filter(
        ({ selector: { matchLabels = {}, matchExpressions = [] } }) =>
          [...Object.keys(matchLabels), ...matchExpressions].length > 0,
      ),
  );
}

interface Beside {
  readonly namespaceSelector?: LabelSelector & { readonly any?: boolean; readonly matchNames?: readonly string[] };
  readonly namespaces?: readonly string[];
}

function namespacesOf({ namespaces }: SelectorRow, found: Found, { metadata }: KubernetesObject): NamespaceChoice {
  const own = { names: [metadata.namespace ?? "default"] };
  const { namespaceSelector, namespaces: names }: Beside = found.parent;
  if (namespaces === "beside" && (namespaceSelector ?? names)) {
    return { ...(names && { names }), ...(namespaceSelector && { selector: namespaceSelector }) };
  }
  if (namespaces === "monitor" && namespaceSelector) return chosenByMonitor(namespaceSelector, own);
  return own;
}

function chosenByMonitor(
  { any = false, matchNames }: NonNullable<Beside["namespaceSelector"]>,
  own: NamespaceChoice,
): NamespaceChoice {
  if (any) return {};
  return matchNames ? { names: matchNames } : own;
}
