import { type Action, actions } from "./actions.ts";

/** What the list is restricted by, as the page's address has it. Empty texts restrict nothing. */
export interface Filters {
  readonly action: string;
  /** Id of a user or an API key. */
  readonly actor: string;
  readonly object: string;
  /** Days (UTC), both inclusive. */
  readonly from: string;
  readonly to: string;
}

const names = ["action", "actor", "object", "from", "to"] as const satisfies (keyof Filters)[];

export const filtersIn = (search: URLSearchParams): Filters =>
  Object.fromEntries(names.map((name) => [name, search.get(name) ?? ""])) as unknown as Filters;

/** The search of an address with these filters. */
export const searchOf = (filters: Filters): URLSearchParams =>
  new URLSearchParams(
    names.filter((name) => filters[name] !== "").map((name): [string, string] => [name, filters[name]]),
  );

const DAY = 86_400_000;

/** The times from the start of one day to the end of another, as the API takes them. */
export function rangeOf({ from, to }: Pick<Filters, "from" | "to">): { readonly from?: string; readonly to?: string } {
  const start = Date.parse(from);
  const end = Date.parse(to) + DAY;
  return {
    ...(!Number.isNaN(start) && { from: new Date(start).toISOString() }),
    ...(!Number.isNaN(end) && { to: new Date(end).toISOString() }),
  };
}

interface Query {
  readonly action?: Action;
  readonly actor?: string;
  readonly object?: string;
  readonly from?: string;
  readonly to?: string;
}

/** The filters as the API takes them. An action that does not exist is ignored; ids are checked by the API. */
export function queryOf(filters: Filters): Query {
  const action = actions.find((each) => each === filters.action);
  return {
    ...(action !== undefined && { action }),
    ...(filters.actor !== "" && { actor: filters.actor }),
    ...(filters.object !== "" && { object: filters.object }),
    ...rangeOf(filters),
  };
}
