import type { ReactNode } from "react";
import { ShownOnce } from "../ui/shown-once.tsx";

/** The secret that signs what a webhook is sent. */
export const WebhookSecret = ({
  secret,
  close,
}: {
  readonly secret: string;
  readonly close: () => void;
}): ReactNode => (
  <ShownOnce
    title="Copy the secret now"
    hint="Your receiver verifies signatures with it. It is shown only once."
    secret={secret}
    copyLabel="Copy secret"
    close={close}
  />
);
