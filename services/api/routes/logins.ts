import { z } from "zod";
import type { Api } from "../api.ts";
import { egressFetch } from "../../shared/egress/fetch.ts";
import { logInByIssuer } from "../issuer-login.ts";
import { acceptInvitation, changePassword, logIn } from "../logins.ts";
import { type OidcSettings, parseOidcSettings } from "../oidc-settings.ts";
import { OidcIssuer } from "../oidc.ts";
import * as schemas from "../schemas.ts";
import { hand, tokens } from "./tokens.ts";

/** Characters of the shortest password, as NIST SP 800-63B-4 asks where it is the only factor. */
const MIN_PASSWORD = 15;
const MAX_PASSWORD = 256;
const password = z.string().min(MIN_PASSWORD).max(MAX_PASSWORD);

/** How users begin a session. */
export function addLoginRoutes(api: Api): void {
  addPasswords(api);
  addPasswordChange(api);
  if (api.settings.oidc !== undefined) addIssuer(api, parseOidcSettings(api.settings.oidc));
}

function addIssuer(
  { addRoute, authentication, database, log, settings: { egressProxy } }: Api,
  settings: OidcSettings,
): void {
  // The operator vouches for the issuer: without a proxy it may be a private one.
  const issuer = new OidcIssuer(settings, log, egressProxy === undefined ? fetch : egressFetch({ proxy: egressProxy }));

  addRoute({
    method: "POST",
    url: "/login/oidc",
    audit: "session.create",
    access: { public: "The issuer's token in the body is the credential." },
    schema: {
      operationId: "logInByIssuer",
      tags: ["users"],
      summary: "Log in with a token of the configured OIDC issuer",
      body: z
        .strictObject({
          token: z.string().max(16_384).describe("An ID token or a JWT access token, at most 15 minutes old."),
          organization: z.string().max(63).optional().describe("Required if the token names several organizations."),
        })
        .meta({ id: "IssuerLogin", examples: [{ token: "eyJ..." }] }),
      response: { 201: tokens },
    },
    handler: async ({ body: { token, organization }, audit }, reply) => {
      const user = await logInByIssuer(database, { identity: await issuer.verify(token), organization }, audit);
      return reply.code(201).send(hand(reply, await authentication.createSession(user, audit)));
    },
  });
}

function addPasswords({ addRoute, authentication, database, limits }: Api): void {
  addRoute({
    method: "POST",
    url: "/login",
    audit: "session.create",
    access: { public: "The password in the body is the credential." },
    schema: {
      operationId: "logIn",
      tags: ["users"],
      summary: "Log in with a password",
      body: z
        .strictObject({
          organization: z.string().max(63),
          email: schemas.email,
          password: z.string().max(MAX_PASSWORD),
        })
        .meta({
          id: "Login",
          examples: [{ organization: "acme", email: "ada@example.com", password: "correct horse battery" }],
        }),
      response: { 201: tokens },
    },
    handler: async ({ body, audit }, reply) => {
      limits.countLogin(body);
      return reply.code(201).send(hand(reply, await authentication.createSession(await logIn(database, body), audit)));
    },
  });

  addRoute({
    method: "POST",
    url: "/invitations/accept",
    audit: "user.accept",
    access: { public: "The invitation in the body is the credential." },
    schema: {
      operationId: "acceptInvitation",
      tags: ["users"],
      summary: "Accept an invitation or a password reset with a new password, and log in",
      body: z
        .strictObject({ invitation: z.string().max(1_000), password })
        .meta({ id: "Acceptance", examples: [{ invitation: "poi_...", password: "correct horse battery" }] }),
      response: { 201: tokens },
    },
    handler: async ({ body, audit }, reply) => {
      const user = await acceptInvitation(database, body, audit);
      return reply.code(201).send(hand(reply, await authentication.createSession(user, audit)));
    },
  });
}

function addPasswordChange({ addRoute, database, limits }: Api): void {
  addRoute({
    method: "PUT",
    url: "/users/me/password",
    audit: "user.change_password",
    access: { user: "It changes the password of the user whose token is sent. An API key has none." },
    schema: {
      operationId: "changePassword",
      tags: ["users"],
      summary: "Change the caller's password; the caller's other sessions end",
      body: z
        .strictObject({ currentPassword: z.string().max(MAX_PASSWORD), newPassword: password })
        .meta({
          id: "NewPassword",
          examples: [{ currentPassword: "correct horse battery", newPassword: "staple correct horse" }],
        }),
      response: { 204: z.undefined() },
    },
    handler: async ({ caller, body, audit }, reply) => {
      limits.countPassword(caller);
      await changePassword(database, caller, body, audit);
      return reply.code(204).send();
    },
  });
}
