import type { ReactNode } from "react";
import { Link, type LoaderFunctionArgs, useLoaderData } from "react-router";
import { api, read } from "../api/client.ts";
import type { Webhook } from "../api/openapi.d.ts";
import { Permitted } from "../session/permitted.tsx";
import { Badges } from "../ui/badges.tsx";
import { Empty } from "../ui/empty.tsx";
import { Page } from "../ui/page.tsx";
import { Time } from "../ui/time.tsx";
import { NewWebhook } from "./new-webhook.tsx";
import { WebhookState } from "./webhook-state.tsx";

export const loader = ({ request: { signal } }: LoaderFunctionArgs): Promise<{ webhooks: Webhook[] }> =>
  read(api.GET("/webhooks", { signal }));

export function Component(): ReactNode {
  const { webhooks } = useLoaderData<typeof loader>();
  return (
    <Page
      title="Webhooks"
      changes={["webhooks:write"]}
      actions={
        <Permitted scope="webhooks:write">
          <NewWebhook />
        </Permitted>
      }
    >
      {webhooks.length === 0 ? (
        <Empty title="No webhooks yet">
          <p>A webhook is a URL of yours to which events are posted, such as the end of an execution.</p>
        </Empty>
      ) : (
        <WebhookTable webhooks={webhooks} />
      )}
    </Page>
  );
}

const WebhookTable = ({ webhooks }: { readonly webhooks: readonly Webhook[] }): ReactNode => (
  <table className="table stacks">
    <thead>
      <tr>
        <th scope="col">URL</th>
        <th scope="col" className="wide-only">
          Events
        </th>
        <th scope="col">State</th>
        <th scope="col" className="wide-only">
          Created
        </th>
      </tr>
    </thead>
    <tbody>
      {webhooks.map((webhook) => (
        <tr key={webhook.id}>
          <th scope="row">
            <Link to={`/webhooks/${webhook.id}`} className="row-link">
              {webhook.url}
            </Link>
          </th>
          <td className="wide-only">
            <Badges texts={webhook.events} />
          </td>
          <td>
            <WebhookState webhook={webhook} />
          </td>
          <td className="wide-only muted">
            <Time at={webhook.createdAt} />
          </td>
        </tr>
      ))}
    </tbody>
  </table>
);
