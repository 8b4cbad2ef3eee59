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

/** Reads from the API. Throws if it does not answer. */
export const get = (url: string, client: Client): Promise<Response> =>
  fetch(url, { headers: headersOf(client), signal: AbortSignal.timeout(TIMEOUT) });

/** Sends JSON to the API. Throws if it does not answer. */
export const post = (url: string, client: Client, body?: unknown): Promise<Response> =>
  fetch(url, {
    method: "POST",
    headers: { ...headersOf(client), ...(body !== undefined && { "content-type": "application/json" }) },
    signal: AbortSignal.timeout(TIMEOUT),
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });

const headersOf = ({ address, token }: Client): Record<string, string> => ({
  "x-forwarded-for": address,
  ...(token !== undefined && { authorization: `Bearer ${token}` }),
});
