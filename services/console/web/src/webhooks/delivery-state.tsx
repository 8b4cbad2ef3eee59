import type { ReactNode } from "react";
import type { WebhookDelivery } from "../api/openapi.d.ts";

export const DeliveryState = ({ state }: Pick<WebhookDelivery, "state">): ReactNode => (
  <span className={`badge state state-${state}`}>{state}</span>
);
