import { randomBytes } from "node:crypto";
import type { SealedPlace } from "../models/sealed-keys.ts";

/** Of a symmetric secret of Standard Webhooks, before the key in base64. */
const PREFIX = "whsec_";
/** Bytes of a key: Standard Webhooks asks for 24 to 64. */
const KEY_BYTES = 32;

export const createWebhookSecret = (): string => PREFIX + randomBytes(KEY_BYTES).toString("base64");

/** The key of a secret. */
export const keyOf = (secret: string): Buffer => Buffer.from(secret.slice(PREFIX.length), "base64");

/** Where an endpoint's secrets are sealed. */
export const placeOf = (tenant: string, endpoint: string): SealedPlace => ({ tenant, name: `webhook/${endpoint}` });
