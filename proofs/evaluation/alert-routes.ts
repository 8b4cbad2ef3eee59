import type { Labels } from "../../plan/model/kubernetes.ts";

/** Alertmanager's configuration, as far as it decides who gets an alert: https://prometheus.io/docs/alerting/latest/configuration/. */
export interface AlertConfiguration {
  readonly route: Route;
  readonly receivers: readonly Receiver[];
}

export interface Route {
  readonly receiver?: string;
  /** `severity="page"`. */
  readonly matchers?: readonly string[];
  readonly continue?: boolean;
  readonly repeat_interval?: string;
  readonly routes?: readonly Route[];
}

/** A name, and lists of integrations: `webhook_configs`. */
export interface Receiver {
  readonly name: string;
  readonly [integrations: string]: unknown;
}

type Taken = Required<Pick<Route, "receiver">> & Pick<Route, "repeat_interval">;

/** The routes that take an alert, with what they inherit. */
export function routesOf(route: Route, labels: Labels, inherited: Taken = { receiver: "" }): Taken[] {
  const { matchers = [], routes = [], receiver, repeat_interval } = route;
  if (!matchers.every((matcher) => matches(matcher, labels))) return [];
  const own = {
    ...inherited,
    ...(receiver !== undefined && { receiver }),
    ...(repeat_interval && { repeat_interval }),
  };
  const taken = childrenOf(routes, labels, own);
  return taken.length > 0 ? taken : [own];
}

/** The first child that matches takes an alert, and more of them if it continues. */
function childrenOf(routes: readonly Route[], labels: Labels, own: Taken): Taken[] {
  const taken: Taken[] = [];
  for (const child of routes) {
    const found = routesOf(child, labels, own);
    taken.push(...found);
    if (found.length > 0 && !child.continue) break;
  }
  return taken;
}

const MATCHER = /^\s*([a-zA-Z_][a-zA-Z0-9_]*)\s*(=~|!~|!=|=)\s*"?(.*?)"?\s*$/;

/** A label that an alert lacks is empty, and a pattern is anchored. */
function matches(matcher: string, labels: Labels): boolean {
  const [, label = "", operator, value = ""] = MATCHER.exec(matcher) ?? [];
  const own = labels[label] ?? "";
  const pattern = (): boolean => new RegExp(`^(?:${value})$`).test(own);
  switch (operator) {
    case "=":
      return own === value;
    case "!=":
      return own !== value;
    case "=~":
      return pattern();
    case "!~":
      return !pattern();
    default:
      return false;
  }
}

/** What a receiver sends through: an object for each integration. */
export const integrationsOf = (receiver: Receiver | undefined): object[] =>
  Object.entries(receiver ?? {}).flatMap(([key, list]) => (key.endsWith("_configs") ? (list as object[]) : []));
