import {
  createRemoteJWKSet,
  customFetch,
  errors as joseErrors,
  type JWTPayload,
  jwtVerify,
  type JWTVerifyGetKey,
} from "jose";
import { z } from "zod";
import type { EgressFetch } from "../shared/egress/fetch.ts";
import type { Log } from "../shared/runtime/log.ts";
import { ApiError } from "./errors.ts";
import { ExpiringCache } from "./expiring-cache.ts";
import type { OidcSettings } from "./oidc-settings.ts";
import { type Role, roles } from "./roles.ts";

/** With public keys alone: a token that is signed with a shared secret, or not at all, is nobody's. */
const ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"];
/** A token begins a session once it is made, and not later. */
const MAX_TOKEN_AGE = "15 minutes";
const CLOCK_TOLERANCE = "5 seconds";
/** Milliseconds that the issuer has to answer. */
const TIMEOUT = 5_000;
/** Milliseconds for which the issuer's addresses, and its keys, are trusted. */
const TRUSTED = 10 * 60_000;
/** Milliseconds between looks for a key that is not among them. */
const COOLDOWN = 5_000;

const discovery = z.object({ issuer: z.string(), jwks_uri: z.url() });

/** The user's claims in a token of the issuer. */
export interface Identity {
  readonly issuer: string;
  readonly subject: string;
  /** In lower case. The issuer has verified it. */
  readonly email: string;
  /** Names of tenants. */
  readonly organizations: readonly string[];
  readonly role: Role;
}

/** Verifies the tokens of one issuer, whose keys it reads over HTTP. */
export class OidcIssuer {
  readonly #keys = new ExpiringCache<JWTVerifyGetKey>(TRUSTED, 1);

  constructor(
    private readonly settings: OidcSettings,
    private readonly log: Pick<Log, "warn">,
    /** How the issuer is reached. */
    private readonly fetch: EgressFetch,
  ) {}

  /** Throws `issuer_token_refused`, and `unavailable` when the issuer's keys cannot be read. */
  async verify(token: string): Promise<Identity> {
    const { issuer, audience } = this.settings;
    try {
      const keys = (await this.#keys.get(issuer, () => readKeys(issuer, this.fetch))) as JWTVerifyGetKey;
      const { payload } = await jwtVerify(token, keys, {
        ...{ issuer, audience, algorithms: ALGORITHMS, requiredClaims: ["exp", "iat", "sub"] },
        ...{ maxTokenAge: MAX_TOKEN_AGE, clockTolerance: CLOCK_TOLERANCE },
      });
      return this.#identityOf(payload);
    } catch (error) {
      if (error instanceof ApiError) throw error;
      if (isRefusal(error)) throw refused("It is not the issuer's, has expired, or is for somebody else.");
      this.log.warn({ err: error }, "the keys of the OIDC issuer could not be read");
      throw new ApiError("unavailable", "The issuer's keys cannot be read.", TIMEOUT / 1000);
    }
  }

  #identityOf(payload: JWTPayload): Identity {
    const { issuer, organizationClaim, rolesClaim, roles: mapped } = this.settings;
    const { sub = "", email, email_verified: verified } = payload;
    if (typeof email !== "string" || verified !== true) throw refused("It has no verified 'email'.");
    const organizations = stringsAt(payload, organizationClaim);
    if (organizations.length === 0) throw refused(`Its '${organizationClaim}' names no organization.`);
    const own = new Set(
      stringsAt(payload, rolesClaim).map((name) => (Object.hasOwn(mapped, name) ? mapped[name] : undefined)),
    );
    const role = roles.find((each) => own.has(each));
    if (role === undefined) throw refused(`Its '${rolesClaim}' names no role that is mapped to one here.`);
    return { issuer, subject: sub, email: email.toLowerCase(), organizations, role };
  }
}

async function readKeys(issuer: string, fetch: EgressFetch): Promise<JWTVerifyGetKey> {
  const address = `${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`;
  const answer = await fetch(address, { redirect: "error", signal: AbortSignal.timeout(TIMEOUT) });
  if (!answer.ok) throw new Error(`The issuer answered ${answer.status}.`);
  const { issuer: named, jwks_uri: keys } = discovery.parse(await answer.json());
  if (named !== issuer) throw new Error("The issuer names another one.");
  return createRemoteJWKSet(new URL(keys), {
    ...{ timeoutDuration: TIMEOUT, cooldownDuration: COOLDOWN, cacheMaxAge: TRUSTED, [customFetch]: fetch },
  });
}

/** Whether an error is about the token, and not about the way to the issuer. */
const isRefusal = (error: unknown): boolean =>
  [
    ...[joseErrors.JWTExpired, joseErrors.JWTClaimValidationFailed, joseErrors.JWTInvalid, joseErrors.JWSInvalid],
    ...[joseErrors.JWSSignatureVerificationFailed, joseErrors.JOSEAlgNotAllowed, joseErrors.JOSENotSupported],
    ...[joseErrors.JWKSNoMatchingKey, joseErrors.JWKSMultipleMatchingKeys],
  ].some((each) => error instanceof each);

const refused = (detail: string): ApiError => new ApiError("issuer_token_refused", detail);

/** The string or strings at a path of claims. */
function stringsAt(payload: JWTPayload, path: string): string[] {
  const found = path
    .split(".")
    .reduce<unknown>(
      (value, name) =>
        typeof value === "object" && value !== null && Object.hasOwn(value, name)
          ? (value as Record<string, unknown>)[name]
          : undefined,
      payload,
    );
  return [found].flat().filter((each) => typeof each === "string");
}
