import createClient from "openapi-fetch";
import { sessionFetch } from "../session/session-fetch.ts";
import type { paths } from "./openapi.d.ts";
import { problemFrom } from "./problem.ts";

/** The API, with the session of this browser. */
export const api = createClient<paths>({ baseUrl: "/api", fetch: sessionFetch });

interface Answer<Data> {
  readonly data?: Data;
  /** The body of a refusal. */
  readonly error?: unknown;
  readonly response: Response;
}

/** The body of an answer. Throws the `Problem` of a refusal. */
export async function read<Data>(answer: Promise<Answer<Data>>): Promise<NonNullable<Data>> {
  const { data, error, response } = await answer;
  if (!response.ok) throw problemFrom(response.status, error);
  return data as NonNullable<Data>;
}
