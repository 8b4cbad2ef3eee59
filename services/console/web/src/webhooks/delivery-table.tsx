import type { ReactNode } from "react";
import { Link } from "react-router";
import type { WebhookDelivery } from "../api/openapi.d.ts";
import { Time } from "../ui/time.tsx";
import { DeliveryState } from "./delivery-state.tsx";

interface Props {
  readonly webhook: string;
  readonly deliveries: readonly WebhookDelivery[];
}

export const DeliveryTable = ({ webhook, deliveries }: Props): ReactNode => (
  <table className="table stacks">
    <thead>
      <tr>
        <th scope="col">Event</th>
        <th scope="col">State</th>
        <th scope="col" className="wide-only number">
          Attempts
        </th>
        <th scope="col" className="wide-only">
          Last answer
        </th>
        <th scope="col">Created</th>
      </tr>
    </thead>
    <tbody>
      {deliveries.map((delivery) => (
        <tr key={delivery.id}>
          <th scope="row">
            <Link to={`/webhooks/${webhook}/deliveries/${delivery.id}`} className="row-link">
              {delivery.event.type}
            </Link>
          </th>
          <td>
            <DeliveryState state={delivery.state} />
          </td>
          <td className="wide-only number">{delivery.attempts}</td>
          <td className="wide-only break">{delivery.status ?? delivery.error ?? "–"}</td>
          <td className="muted">
            <Time at={delivery.createdAt} />
          </td>
        </tr>
      ))}
    </tbody>
  </table>
);
