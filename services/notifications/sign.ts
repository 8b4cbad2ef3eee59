import { createHmac } from "node:crypto";
import { keyOf } from "../shared/webhooks/secret.ts";

/** A message as its signature covers it. */
export interface Message {
  readonly id: string;
  /** Seconds since 1970 of the attempt. */
  readonly timestamp: number;
  readonly body: string;
}

/**
 * The headers of Standard Webhooks 1.0, with a signature by each secret:
 * https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
export function signedHeaders(
  message: Message,
  secrets: readonly string[],
): Readonly<Record<"webhook-id" | "webhook-timestamp" | "webhook-signature", string>> {
  return {
    "webhook-id": message.id,
    "webhook-timestamp": String(message.timestamp),
    "webhook-signature": secrets.map((secret) => signatureOf(message, secret)).join(" "),
  };
}

const signatureOf = ({ id, timestamp, body }: Message, secret: string): string =>
  `v1,${createHmac("sha256", keyOf(secret)).update(`${id}.${timestamp}.${body}`).digest("base64")}`;
