import { z } from "zod";
import { UserError } from "../../platform/faults.ts";
import { oidc, userRoles } from "../../platform/oidc-schema.ts";

/** An issuer on this machine may speak plain HTTP. */
const LOOPBACK = /^http:\/\/(127\.0\.0\.1|localhost|\[::1\])(:\d+)?(\/|$)/;

const oidcSettings = oidc.extend({
  issuer: z.union([oidc.shape.issuer, z.string().regex(LOOPBACK)]),
  organizationClaim: oidc.shape.organizationClaim.unwrap().default("organization"),
  rolesClaim: oidc.shape.rolesClaim.unwrap().default("roles"),
  roles: oidc.shape.roles.unwrap().default(Object.fromEntries(userRoles.map((role) => [role, role]))),
});
export type OidcSettings = z.output<typeof oidcSettings>;

/** What PROMPTOPS_OIDC says. Throws a UserError. */
export function parseOidcSettings(text: string): OidcSettings {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new UserError(
      `PROMPTOPS_OIDC is '${text}'; it must be JSON, such as {"issuer": "https://login.example.com", "audience": "promptops"}. Correct it.`,
      { cause: error },
    );
  }
  const parsed = oidcSettings.safeParse(value);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map(({ path, message }) => `  ${path.join(".")}: ${message}`);
  throw new UserError(["PROMPTOPS_OIDC is wrong. Correct it:", ...faults].join("\n"));
}
