/**
 * The URL as libpq, and so every job of the platform, reads it: `sslmode=require` encrypts and trusts the server that answers at
 * the private address. Left to itself, node-postgres would take it for `verify-full` and refuse a managed server, whose
 * authority is not among Node's.
 */
export function connectionString(url: string): string {
  const parsed = new URL(url);
  if (parsed.searchParams.has("sslmode")) parsed.searchParams.set("uselibpqcompat", "true");
  return parsed.href;
}
