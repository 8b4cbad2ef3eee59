import type { ReactNode } from "react";
import type { Webhook } from "../api/openapi.d.ts";

const REASONS: Readonly<Record<NonNullable<Webhook["disabledReason"]>, string>> = {
  request: "disabled",
  gone: "disabled: it answered 410",
  failing: "disabled: it failed for five days",
};

export function WebhookState({
  webhook: { enabled, disabledReason, failingSince },
}: {
  readonly webhook: Webhook;
}): ReactNode {
  if (!enabled) return <span className="badge state">{REASONS[disabledReason ?? "request"]}</span>;
  if (failingSince !== null) return <span className="badge state state-failed">failing</span>;
  return <span className="badge state state-succeeded">enabled</span>;
}
