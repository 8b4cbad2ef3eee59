import { type ReactNode, useState } from "react";
import { Heading } from "react-aria-components";
import { api, read } from "../api/client.ts";
import { ActionButton } from "../ui/action-button.tsx";
import { Button } from "../ui/button.tsx";
import { DialogButton } from "../ui/dialog-button.tsx";
import { WebhookSecret } from "./webhook-secret.tsx";

interface Props {
  readonly webhook: string;
  readonly close: () => void;
}

/** Gives a webhook another secret, and shows it once. */
export const RotateSecret = ({ webhook }: Pick<Props, "webhook">): ReactNode => (
  <DialogButton label="Rotate secret">{(close) => <RotateDialog webhook={webhook} close={close} />}</DialogButton>
);

function RotateDialog({ webhook: id, close }: Props): ReactNode {
  const [secret, setSecret] = useState<string>();
  const rotate = async (): Promise<void> => {
    const rotated = await read(api.POST("/webhooks/{id}/rotate-secret", { params: { path: { id } } }));
    setSecret(rotated.secret);
  };
  if (secret !== undefined) return <WebhookSecret secret={secret} close={close} />;
  return (
    <div className="stack">
      <Heading slot="title">Rotate the secret?</Heading>
      <p className="muted">
        For 24 hours, the previous secret also signs. A second rotation within that time invalidates it at once.
      </p>
      <div className="actions">
        <ActionButton variant="primary" action={rotate}>
          Create another secret
        </ActionButton>
        <Button onPress={close}>Cancel</Button>
      </div>
    </div>
  );
}
