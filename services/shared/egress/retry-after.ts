/** Seconds that a Retry-After header asks for: their number, or a date (RFC 9110). Undefined without one that can be read. */
export function retryAfter(header: string | null, now: Date): number | undefined {
  const value = header?.trim() ?? "";
  if (/^\d+$/.test(value)) return Number(value);
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, (date - now.getTime()) / 1000);
}
