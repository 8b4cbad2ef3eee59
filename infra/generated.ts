import { randomBytes } from "node:crypto";
import { type Output, secret } from "@pulumi/pulumi";

/**
 * A new random value on every run. The resource that keeps it must ignore changes of that property: so the first value
 * stays, in the secret store and encrypted in the state, and no plug-in is needed for it.
 */
export function generated(bytes: number): Output<string> {
  return secret(randomBytes(bytes).toString("base64url"));
}

/** Enough for a password: 256 bits. */
export const PASSWORD_BYTES = 32;
