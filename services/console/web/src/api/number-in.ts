import { data } from "react-router";

/** A version's number in a URL; undefined without one. Throws the answer 404 for what is no number. */
export function numberIn(search: URLSearchParams, name: string): number | undefined {
  const value = search.get(name);
  if (value === null) return undefined;
  // eslint-disable-next-line @typescript-eslint/only-throw-error -- the router takes a thrown response as the answer
  if (!/^[1-9]\d{0,8}$/.test(value)) throw data(null, { status: 404 });
  return Number(value);
}
