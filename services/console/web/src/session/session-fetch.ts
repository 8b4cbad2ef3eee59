import { refresh, waitForSignIn } from "./session.ts";

/**
 * `fetch` that survives the end of the session: it refreshes the tokens, or waits until the user has signed in again, and then sends the
 * request a second time. A request that was refused with 401 has had no effect.
 */
export async function sessionFetch(request: Request): Promise<Response> {
  const again = [request.clone(), request.clone()] as const;
  const response = await fetch(request);
  if (response.status !== 401) return response;
  if (await refresh()) {
    const second = await fetch(again[0]);
    if (second.status !== 401) return second;
  }
  await waitForSignIn();
  return fetch(again[1]);
}
