import { type ReactNode, useState } from "react";
import { Form, Heading } from "react-aria-components";
import { useRevalidator } from "react-router";
import { api, read } from "../api/client.ts";
import { type Scope, useSignedInUser } from "../session/signed-in-user.ts";
import { Button } from "../ui/button.tsx";
import { Checkboxes } from "../ui/checkboxes.tsx";
import { DialogButton } from "../ui/dialog-button.tsx";
import { ErrorNote } from "../ui/error-note.tsx";
import { Field } from "../ui/field.tsx";
import { ShownOnce } from "../ui/shown-once.tsx";
import { SubmitButton } from "../ui/submit-button.tsx";
import { useSubmit } from "../ui/use-submit.ts";

/** Creates a key, and shows it once. */
export const NewKey = (): ReactNode => (
  <DialogButton label="New key" variant="primary">
    {(close) => <NewKeyDialog close={close} />}
  </DialogButton>
);

function NewKeyDialog({ close }: { readonly close: () => void }): ReactNode {
  const { role, scopes } = useSignedInUser();
  const [name, setName] = useState("");
  const [granted, setGranted] = useState<string[]>(["prompts:read", "executions:read", "executions:write"]);
  const [key, setKey] = useState<string>();
  const { revalidate } = useRevalidator();
  const { isPending, error, submit } = useSubmit(async () => {
    const body = { name, scopes: granted as Scope[] };
    const created = await read(api.POST("/api-keys", { body }));
    setKey(created.key);
    await revalidate();
  });
  if (key !== undefined)
    return (
      <ShownOnce
        title="Copy the key now"
        hint="It is shown only once. Only its hash is stored."
        secret={key}
        copyLabel="Copy key"
        close={close}
      />
    );
  return (
    <Form className="stack" onSubmit={submit}>
      <Heading slot="title">New API key</Heading>
      {error !== undefined && <ErrorNote error={error} />}
      <Field label="Name" value={name} onChange={setName} isRequired autoFocus maxLength={100} placeholder="ci" />
      <Checkboxes
        label="Scopes"
        hint={`Those of your role, ${role}. A key cannot do more than you can.`}
        options={scopes}
        value={granted}
        onChange={setGranted}
        isRequired
      />
      <div className="actions">
        <SubmitButton isPending={isPending}>Create key</SubmitButton>
        <Button onPress={close}>Cancel</Button>
      </div>
    </Form>
  );
}
