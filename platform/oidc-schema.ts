import { z } from "zod";
import { text, url } from "./schema.ts";

/** Roles of users in their organization, the one with most scopes first. */
export const userRoles = ["owner", "administrator", "member", "viewer"] as const;
export type UserRole = (typeof userRoles)[number];

const claim = text(/^[\w-]+(\.[\w-]+)*$/, "the path of a claim, with dots", "realm_access.roles");

/** The OIDC issuer whose users may log in. */
export const oidc = z.strictObject({
  issuer: url(
    /^https:\/\/\S+$/,
    "the issuer's https URL, as it writes itself",
    "https://login.example.com/realms/acme",
  ),
  /** The client, or the API, for which the issuer makes the tokens. */
  audience: text(/^\S{1,200}$/, "a name without spaces", "promptops"),
  /** The claim with the name of a tenant, or a list of some. @default "organization" */
  organizationClaim: claim.optional(),
  /** The claim with a list of the issuer's roles. @default "roles" */
  rolesClaim: claim.optional(),
  /** Maps the issuer's roles to the platform's. @default - the issuer uses the platform's names */
  roles: z
    .record(z.string(), z.enum(userRoles, { error: `must be one of ${userRoles.join(", ")}.` }), {
      error: "must map the issuer's roles to ours.",
    })
    .optional(),
});
export type Oidc = z.output<typeof oidc>;
