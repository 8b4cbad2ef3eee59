import { z } from "zod";
import { UserError } from "../../platform/faults.ts";
import { roles } from "./roles.ts";

/** An issuer on this machine may speak plain HTTP. */
const LOOPBACK = /^http:\/\/(127\.0\.0\.1|localhost|\[::1\])(:\d+)?(\/|$)/;

const oidcSettings = z.strictObject({
  /** As the issuer writes itself, to the last slash. */
  issuer: z.url().refine((url) => url.startsWith("https://") || LOOPBACK.test(url), "must begin with https://"),
  /** The client, or the API, for which the issuer makes the tokens. */
  audience: z.string().min(1),
  /** The claim with the organization, or a list of some: its path, with dots. */
  organizationClaim: z.string().min(1).default("organization"),
  /** The claim with a list of the issuer's roles: its path, with dots. */
  rolesClaim: z.string().min(1).default("roles"),
  /** Our role for each of the issuer's. The first of ours that a token has counts, owner first. */
  roles: z.record(z.string(), z.enum(roles)).default(Object.fromEntries(roles.map((role) => [role, role]))),
});
export type OidcSettings = z.output<typeof oidcSettings>;

/** What PROMPTOPS_OIDC says. Throws a UserError. */
export function parseOidcSettings(text: string): OidcSettings {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new UserError(
      `PROMPTOPS_OIDC is '${text}'; it must be JSON, such as {"issuer": "https://login.example.com/realms/promptops", "audience": "promptops"}. Correct it.`,
      { cause: error },
    );
  }
  const parsed = oidcSettings.safeParse(value);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map(({ path, message }) => `  ${path.join(".")}: ${message}`);
  throw new UserError(["PROMPTOPS_OIDC is wrong. Correct it:", ...faults].join("\n"));
}
