import { type ReactNode, useState } from "react";
import {
  CheckboxButton,
  CheckboxField,
  CheckboxGroup,
  Dialog,
  DialogTrigger,
  Form,
  Heading,
  Label,
  Modal,
  ModalOverlay,
} from "react-aria-components";
import { useRevalidator } from "react-router";
import { api, read } from "../api/client.ts";
import type { NewApiKeyInput } from "../api/openapi.d.ts";
import { Button } from "../ui/button.tsx";
import { CopyButton } from "../ui/copy-button.tsx";
import { ErrorNote } from "../ui/error-note.tsx";
import { Field } from "../ui/field.tsx";
import { SubmitButton } from "../ui/submit-button.tsx";
import { useSubmit } from "../ui/use-submit.ts";

type Scope = NewApiKeyInput["scopes"][number];
/** Every scope, in the order of the list: one that is missing here, or that the API does not have, does not compile. */
const listed: Readonly<Record<Scope, true>> = {
  "prompts:read": true,
  "prompts:write": true,
  "workflows:read": true,
  "workflows:write": true,
  "executions:read": true,
  "executions:write": true,
  "evaluations:read": true,
  "evaluations:write": true,
  "gates:write": true,
  "models:read": true,
  "models:write": true,
  "files:read": true,
  "files:write": true,
  "webhooks:read": true,
  "webhooks:write": true,
  "keys:read": true,
  "keys:write": true,
  "users:read": true,
  "users:write": true,
  "organization:export": true,
  "audit:read": true,
};
const scopes = Object.keys(listed) as Scope[];

/** Creates a key, and shows it once. */
export const NewKey = (): ReactNode => (
  <DialogTrigger>
    <Button variant="primary">New key</Button>
    <ModalOverlay className="overlay" isDismissable>
      <Modal className="modal">
        <Dialog className="dialog">{({ close }) => <NewKeyDialog close={close} />}</Dialog>
      </Modal>
    </ModalOverlay>
  </DialogTrigger>
);

function NewKeyDialog({ close }: { readonly close: () => void }): ReactNode {
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
  if (key !== undefined) return <CreatedKey apiKey={key} close={close} />;
  return (
    <Form className="stack" onSubmit={submit}>
      <Heading slot="title">New API key</Heading>
      {error !== undefined && <ErrorNote error={error} />}
      <Field label="Name" value={name} onChange={setName} isRequired autoFocus maxLength={100} placeholder="ci" />
      <CheckboxGroup className="field" value={granted} onChange={setGranted} isRequired>
        <Label>Scopes</Label>
        <div className="checkboxes">
          {scopes.map((scope) => (
            <CheckboxField key={scope} value={scope}>
              <CheckboxButton className="checkbox">
                <span className="checkbox-box" aria-hidden="true" />
                {scope}
              </CheckboxButton>
            </CheckboxField>
          ))}
        </div>
      </CheckboxGroup>
      <div className="actions">
        <SubmitButton isPending={isPending}>Create key</SubmitButton>
        <Button onPress={close}>Cancel</Button>
      </div>
    </Form>
  );
}

const CreatedKey = ({ apiKey, close }: { readonly apiKey: string; readonly close: () => void }): ReactNode => (
  <div className="stack">
    <Heading slot="title">Copy the key now</Heading>
    <p className="muted">It is shown only once. Only its hash is stored.</p>
    <code className="secret">{apiKey}</code>
    <div className="actions">
      <CopyButton text={apiKey}>Copy key</CopyButton>
      <Button variant="primary" onPress={close}>
        Done
      </Button>
    </div>
  </div>
);
