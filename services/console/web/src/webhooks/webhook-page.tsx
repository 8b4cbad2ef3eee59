import type { ReactNode } from "react";
import {
  Link,
  type LoaderFunctionArgs,
  useLoaderData,
  useNavigate,
  useRevalidator,
  useSearchParams,
} from "react-router";
import { api, read } from "../api/client.ts";
import type { Webhook, WebhookDelivery } from "../api/openapi.d.ts";
import { PAGE_SIZE, pageQuery } from "../api/page-query.ts";
import { Permitted } from "../session/permitted.tsx";
import { ActionButton } from "../ui/action-button.tsx";
import { Badges } from "../ui/badges.tsx";
import { Button } from "../ui/button.tsx";
import { Choice } from "../ui/choice.tsx";
import { Empty } from "../ui/empty.tsx";
import { Fact } from "../ui/fact.tsx";
import { Page } from "../ui/page.tsx";
import { Pager } from "../ui/pager.tsx";
import { Time } from "../ui/time.tsx";
import { DeliveryTable } from "./delivery-table.tsx";
import { RotateSecret } from "./rotate-secret.tsx";
import { WebhookState } from "./webhook-state.tsx";

interface Loaded {
  readonly webhook: Webhook;
  readonly deliveries: readonly WebhookDelivery[];
}

const states: readonly WebhookDelivery["state"][] = ["pending", "delivered", "failed"];

export async function loader({ params: { id = "" }, request: { url, signal } }: LoaderFunctionArgs): Promise<Loaded> {
  const chosen = new URL(url).searchParams.get("state");
  const state = states.find((each) => each === chosen);
  const query = { ...pageQuery(url), ...(state !== undefined && { state }) };
  const [webhook, { deliveries }] = await Promise.all([
    read(api.GET("/webhooks/{id}", { params: { path: { id } }, signal })),
    read(api.GET("/webhooks/{id}/deliveries", { params: { path: { id }, query }, signal })),
  ]);
  return { webhook, deliveries };
}

/** A webhook, and what was sent to it. */
export function Component(): ReactNode {
  const { webhook, deliveries } = useLoaderData<typeof loader>();
  return (
    <Page
      title={webhook.url}
      trail={<Link to="/webhooks">Webhooks</Link>}
      changes={["webhooks:write"]}
      actions={
        <Permitted scope="webhooks:write">
          <Actions webhook={webhook} />
        </Permitted>
      }
    >
      <Facts webhook={webhook} />
      <section className="stack" aria-labelledby="deliveries">
        <DeliveryBar />
        {deliveries.length === 0 ? (
          <Empty title="No deliveries">
            <p>Deliveries are kept for 30 days. Send a test to see one.</p>
          </Empty>
        ) : (
          <DeliveryTable webhook={webhook.id} deliveries={deliveries} />
        )}
        <Pager last={deliveries.length === PAGE_SIZE ? deliveries.at(-1)?.id : undefined} />
      </section>
    </Page>
  );
}

function Actions({ webhook: { id, enabled } }: Pick<Loaded, "webhook">): ReactNode {
  const { revalidate } = useRevalidator();
  const navigate = useNavigate();
  const params = { path: { id } };
  const test = async (): Promise<void> => {
    await read(api.POST("/webhooks/{id}/test", { params }));
    await revalidate();
  };
  const toggle = async (): Promise<void> => {
    await read(api.PATCH("/webhooks/{id}", { params, body: { enabled: !enabled } }));
    await revalidate();
  };
  const remove = async (): Promise<void> => {
    await read(api.DELETE("/webhooks/{id}", { params }));
    await navigate("/webhooks");
  };
  return (
    <>
      <ActionButton variant="primary" action={test}>
        Send test
      </ActionButton>
      <RotateSecret webhook={id} />
      <ActionButton action={toggle}>{enabled ? "Disable" : "Enable"}</ActionButton>
      <ActionButton
        variant="danger"
        action={remove}
        confirmation="Delete this webhook and its delivery log? Deliveries that wait are not sent."
      >
        Delete
      </ActionButton>
    </>
  );
}

const Facts = ({ webhook }: Pick<Loaded, "webhook">): ReactNode => (
  <dl className="card facts">
    <Fact name="State">
      <WebhookState webhook={webhook} />
    </Fact>
    <Fact name="Events">
      <Badges texts={webhook.events} />
    </Fact>
    <Fact name="Prompts">{webhook.prompts.length > 0 && <Badges texts={webhook.prompts} />}</Fact>
    <Fact name="Workflows">{webhook.workflows.length > 0 && <Badges texts={webhook.workflows} />}</Fact>
    <Fact name="Includes">{webhook.include.length > 0 && <Badges texts={webhook.include} />}</Fact>
    <Fact name="Failing since">{webhook.failingSince !== null && <Time at={webhook.failingSince} />}</Fact>
    <Fact name="Created">
      <Time at={webhook.createdAt} />
    </Fact>
  </dl>
);

function DeliveryBar(): ReactNode {
  const [search, setSearch] = useSearchParams();
  const { revalidate, state } = useRevalidator();
  return (
    <div className="section-bar">
      <h2 id="deliveries">Deliveries</h2>
      <div className="actions">
        <Choice
          label="State"
          hidesLabel
          value={search.get("state") ?? ""}
          options={[{ value: "", label: "All states" }, ...states.map((value) => ({ value, label: value }))]}
          onChange={(value) => {
            setSearch(value === "" ? {} : { state: value });
          }}
        />
        <Button isPending={state === "loading"} onPress={() => void revalidate()}>
          Refresh
        </Button>
      </div>
    </div>
  );
}
