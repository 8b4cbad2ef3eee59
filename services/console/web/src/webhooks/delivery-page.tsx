import type { ReactNode } from "react";
import { Link, type LoaderFunctionArgs, useLoaderData, useRevalidator } from "react-router";
import { api, read } from "../api/client.ts";
import type { Webhook, WebhookDeliveryDetail } from "../api/openapi.d.ts";
import { Permitted } from "../session/permitted.tsx";
import { ActionButton } from "../ui/action-button.tsx";
import { Button } from "../ui/button.tsx";
import { Fact } from "../ui/fact.tsx";
import { Page } from "../ui/page.tsx";
import { Time } from "../ui/time.tsx";
import { DeliveryState } from "./delivery-state.tsx";

interface Loaded {
  readonly webhook: Webhook;
  readonly delivery: WebhookDeliveryDetail;
}

export async function loader({
  params: { id = "", delivery = "" },
  request: { signal },
}: LoaderFunctionArgs): Promise<Loaded> {
  const [webhook, found] = await Promise.all([
    read(api.GET("/webhooks/{id}", { params: { path: { id } }, signal })),
    read(api.GET("/webhooks/{id}/deliveries/{delivery}", { params: { path: { id, delivery } }, signal })),
  ]);
  return { webhook, delivery: found };
}

/** What was sent to a webhook for an event, with its attempts. */
export function Component(): ReactNode {
  const { webhook, delivery } = useLoaderData<typeof loader>();
  const { revalidate, state } = useRevalidator();
  return (
    <Page
      title={delivery.event.type}
      trail={
        <>
          <Link to="/webhooks">Webhooks</Link>
          <Link to={`/webhooks/${webhook.id}`} className="break">
            {webhook.url}
          </Link>
        </>
      }
      changes={["webhooks:write"]}
      actions={
        <>
          <Button isPending={state === "loading"} onPress={() => void revalidate()}>
            Refresh
          </Button>
          <Permitted scope="webhooks:write">
            <Resend webhook={webhook.id} delivery={delivery.id} />
          </Permitted>
        </>
      }
    >
      <div className="columns">
        <section className="stack" aria-labelledby="attempts">
          <h2 id="attempts">Attempts</h2>
          {delivery.log.length === 0 && <p className="muted">No attempt has ended.</p>}
          <ol className="plain stack-small">
            {delivery.log.map((attempt, index) => (
              <Attempt key={index} attempt={attempt} />
            ))}
          </ol>
        </section>
        <Facts delivery={delivery} />
      </div>
      <section className="stack" aria-labelledby="data">
        <h2 id="data">Data of the event</h2>
        <pre className="card text">{JSON.stringify(delivery.data, undefined, 2)}</pre>
      </section>
    </Page>
  );
}

const Attempt = ({
  attempt: { number, startedAt, milliseconds, status, error, excerpt },
}: {
  readonly attempt: WebhookDeliveryDetail["log"][number];
}): ReactNode => (
  <li className="card stack-small">
    <div className="row">
      <strong>Attempt {number}</strong>
      <span>{status === null ? "No answer" : `Status ${status}`}</span>
      <span className="muted">
        {milliseconds} ms, <Time at={startedAt} />
      </span>
    </div>
    {error !== null && (
      <div>
        Reason: <code className="break">{error}</code>
      </div>
    )}
    {excerpt !== null && excerpt !== "" && <pre className="text secret">{excerpt}</pre>}
  </li>
);

const Facts = ({
  delivery: { event, state, attempts, nextAttemptAt, error, createdAt },
}: Pick<Loaded, "delivery">): ReactNode => (
  <section className="card" aria-labelledby="facts">
    <h2 id="facts">Details</h2>
    <dl className="facts">
      <Fact name="State">
        <DeliveryState state={state} />
      </Fact>
      <Fact name="Attempts">{attempts}</Fact>
      <Fact name="Next attempt">{nextAttemptAt !== null && <Time at={nextAttemptAt} />}</Fact>
      <Fact name="Reason">{error}</Fact>
      <Fact name="webhook-id">
        <code>{event.id}</code>
      </Fact>
      <Fact name="Created">
        <Time at={createdAt} />
      </Fact>
    </dl>
  </section>
);

function Resend({ webhook: id, delivery }: { readonly webhook: string; readonly delivery: string }): ReactNode {
  const { revalidate } = useRevalidator();
  const resend = async (): Promise<void> => {
    await read(api.POST("/webhooks/{id}/deliveries/{delivery}/resend", { params: { path: { id, delivery } } }));
    await revalidate();
  };
  return (
    <ActionButton variant="primary" action={resend}>
      Send again
    </ActionButton>
  );
}
