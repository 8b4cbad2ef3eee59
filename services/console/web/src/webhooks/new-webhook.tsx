import { type ReactNode, useState } from "react";
import { Form, Heading } from "react-aria-components";
import { useRevalidator } from "react-router";
import { api, read } from "../api/client.ts";
import type { NewWebhookInput } from "../api/openapi.d.ts";
import { Button } from "../ui/button.tsx";
import { Checkboxes } from "../ui/checkboxes.tsx";
import { DialogButton } from "../ui/dialog-button.tsx";
import { ErrorNote } from "../ui/error-note.tsx";
import { Field } from "../ui/field.tsx";
import { SubmitButton } from "../ui/submit-button.tsx";
import { useSubmit } from "../ui/use-submit.ts";
import { WebhookSecret } from "./webhook-secret.tsx";

type EventType = NewWebhookInput["events"][number];
/** Every type of event: one that is missing here, or that the API does not have, does not compile. */
const listed: Readonly<Record<EventType, true>> = {
  "execution.succeeded": true,
  "execution.failed": true,
  "execution.cancelled": true,
  "budget.reached": true,
};

/** Creates a webhook, and shows its secret once. */
export const NewWebhook = (): ReactNode => (
  <DialogButton label="New webhook" variant="primary">
    {(close) => <NewWebhookForm close={close} />}
  </DialogButton>
);

/** Names in a text, separated by spaces or commas. */
const namesIn = (text: string): string[] => [...new Set(text.split(/[\s,]+/).filter((name) => name !== ""))];

function NewWebhookForm({ close }: { readonly close: () => void }): ReactNode {
  const [url, setUrl] = useState("");
  const [events, setEvents] = useState<string[]>(["execution.failed"]);
  const [prompts, setPrompts] = useState("");
  const [workflows, setWorkflows] = useState("");
  const [include, setInclude] = useState<string[]>([]);
  const [secret, setSecret] = useState<string>();
  const { revalidate } = useRevalidator();
  const { isPending, error, submit } = useSubmit(async () => {
    const created = await read(
      api.POST("/webhooks", {
        body: {
          ...{ url, description: "", prompts: namesIn(prompts), workflows: namesIn(workflows) },
          events: events as EventType[],
          include: include as "output"[],
        },
      }),
    );
    setSecret(created.secret);
    await revalidate();
  });
  if (secret !== undefined) return <WebhookSecret secret={secret} close={close} />;
  return (
    <Form className="stack" onSubmit={submit}>
      <Heading slot="title">New webhook</Heading>
      {error !== undefined && <ErrorNote error={error} />}
      <Field
        label="URL"
        type="url"
        value={url}
        onChange={setUrl}
        isRequired
        autoFocus
        maxLength={2_000}
        placeholder="https://hooks.example.com/promptops"
      />
      <Checkboxes label="Events" options={Object.keys(listed)} value={events} onChange={setEvents} isRequired />
      <Field label="Only these prompts" value={prompts} onChange={setPrompts} hint="Names. All, if none is named." />
      <Field label="Only these workflows" value={workflows} onChange={setWorkflows} />
      <Checkboxes label="Include" options={["output"]} value={include} onChange={setInclude} />
      <div className="actions">
        <SubmitButton isPending={isPending}>Create webhook</SubmitButton>
        <Button onPress={close}>Cancel</Button>
      </div>
    </Form>
  );
}
