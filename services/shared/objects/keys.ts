/** A key that names no object. */
export class InvalidKey extends Error {
  constructor(what: string, rule: string) {
    super(`${what} ${rule}`);
  }
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** No segment begins with a dot, so that none is `.` or `..`. */
const SEGMENT = "[A-Za-z0-9_-][A-Za-z0-9._-]*";
const KEY = new RegExp(`^${SEGMENT}(/${SEGMENT})*$`);
/** S3 takes 1,024 bytes, with the tenant. */
const MAX_KEY = 512;

/** Where a tenant's objects are: every key of the tenant is the tenant's id, a slash and what it calls the object. */
export function tenantPrefix(tenant: string): string {
  if (!UUID.test(tenant)) throw new InvalidKey(`Tenant '${tenant}'`, "must be a UUID in lower case. Pass its id.");
  return `${tenant}/`;
}

/** The key of an object of a tenant. It cannot leave the tenant. Throws an InvalidKey. */
export function tenantKey(tenant: string, key: string): string {
  if (key.length > MAX_KEY || !KEY.test(key))
    throw new InvalidKey(
      `Key '${key.slice(0, MAX_KEY)}'`,
      `must be at most ${MAX_KEY} letters, digits, '.', '_', '-' and '/', and no part may be empty or begin with '.'. Rename the object.`,
    );
  return `${tenantPrefix(tenant)}${key}`;
}

/** The prefix of some keys of a tenant; '' is that of all. Throws an InvalidKey. */
export const tenantPrefixOf = (tenant: string, prefix: string): string =>
  prefix === ""
    ? tenantPrefix(tenant)
    : tenantKey(tenant, prefix.replace(/\/$/, "")) + (prefix.endsWith("/") ? "/" : "");

/** The header by which a browser saves what it loads, under a name. RFC 6266 and RFC 8187. */
export function attachment(fileName: string): string {
  const plain = fileName.replace(/[^\x20-\x7e]|["\\%]/g, "_");
  const encoded = encodeURIComponent(fileName).replace(
    /['()*]/g,
    (each) => `%${each.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`;
}
