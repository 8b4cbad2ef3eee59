/** Tokens as the API answers with them. */
export interface Tokens {
  readonly token: string;
  readonly expiresInSeconds: number;
  readonly refreshToken: string;
  readonly refreshExpiresInSeconds: number;
}

/** Who asks, as the API is told. */
export interface Client {
  readonly address: string;
  readonly token?: string;
}

/** Milliseconds that the API may take to answer. A login waits for a password hash. */
const TIMEOUT = 20_000;

/** Sends JSON to the API. Throws if it does not answer. */
export function post(url: string, { address, token }: Client, body?: unknown): Promise<Response> {
  return fetch(url, {
    method: "POST",
    headers: {
      "x-forwarded-for": address,
      ...(body !== undefined && { "content-type": "application/json" }),
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    },
    signal: AbortSignal.timeout(TIMEOUT),
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
}
