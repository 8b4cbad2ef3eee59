import { type ReactNode, useState } from "react";
import { Form, Heading } from "react-aria-components";
import { useRevalidator } from "react-router";
import { api, read } from "../api/client.ts";
import type { User } from "../api/openapi.d.ts";
import { ActionButton } from "../ui/action-button.tsx";
import { Button } from "../ui/button.tsx";
import { DialogButton } from "../ui/dialog-button.tsx";
import { ErrorNote } from "../ui/error-note.tsx";
import { SubmitButton } from "../ui/submit-button.tsx";
import { useSubmit } from "../ui/use-submit.ts";
import { InvitationLink } from "./invitation-link.tsx";
import { RoleChoice } from "./role-choice.tsx";

interface Props {
  readonly user: User;
  readonly close: () => void;
}

/** Changes, suspends and removes a user. */
export const Manage = ({ user }: Pick<Props, "user">): ReactNode => (
  <DialogButton label="Manage" name={`Manage ${user.email}`} variant="quiet">
    {(close) => <ManageDialog user={user} close={close} />}
  </DialogButton>
);

function ManageDialog({ user, close }: Props): ReactNode {
  const [invitation, setInvitation] = useState<string>();
  if (invitation !== undefined) return <InvitationLink email={user.email} invitation={invitation} close={close} />;
  return (
    <div className="stack">
      <Heading slot="title" className="break">
        {user.email}
      </Heading>
      <ChangeRole user={user} close={close} />
      <hr />
      <div className="stack-small">
        <NewLink user={user} onCreated={setInvitation} />
        <Suspend user={user} close={close} />
        <Remove user={user} close={close} />
      </div>
      <div className="actions">
        <Button onPress={close}>Close</Button>
      </div>
    </div>
  );
}

function ChangeRole({ user: { id, role }, close }: Props): ReactNode {
  const [chosen, setChosen] = useState(role);
  const { revalidate } = useRevalidator();
  const { isPending, error, submit } = useSubmit(async () => {
    await read(api.PATCH("/users/{id}", { params: { path: { id } }, body: { role: chosen } }));
    await revalidate();
    close();
  });
  return (
    <Form className="stack-small" onSubmit={submit}>
      {error !== undefined && <ErrorNote error={error} />}
      <RoleChoice role={chosen} onChange={setChosen} />
      <p className="hint">API keys with scopes that the new role lacks are revoked.</p>
      <div className="actions">
        <SubmitButton isPending={isPending}>Change role</SubmitButton>
      </div>
    </Form>
  );
}

/** Another invitation for a user who has not accepted, and a password reset for one who has. */
function NewLink({
  user: { id, state },
  onCreated,
}: {
  readonly user: User;
  readonly onCreated: (invitation: string) => void;
}): ReactNode {
  const { revalidate } = useRevalidator();
  const params = { path: { id } };
  const create = async (): Promise<void> => {
    const { invitation } = await read(
      state === "invited"
        ? api.POST("/users/{id}/invitation", { params })
        : api.POST("/users/{id}/password-reset", { params }),
    );
    onCreated(invitation);
    await revalidate();
  };
  return (
    <ActionButton action={create}>{state === "invited" ? "Create another invitation" : "Reset password"}</ActionButton>
  );
}

function Suspend({ user: { id, state }, close }: Props): ReactNode {
  const { revalidate } = useRevalidator();
  const suspended = state !== "suspended";
  const change = async (): Promise<void> => {
    await read(api.PATCH("/users/{id}", { params: { path: { id } }, body: { suspended } }));
    await revalidate();
    close();
  };
  return (
    <ActionButton
      action={change}
      confirmation={
        suspended ? "Suspend this member? Sessions end, and API keys that they created are revoked." : undefined
      }
    >
      {suspended ? "Suspend" : "Resume"}
    </ActionButton>
  );
}

function Remove({ user: { id, email }, close }: Props): ReactNode {
  const { revalidate } = useRevalidator();
  const remove = async (): Promise<void> => {
    await read(api.DELETE("/users/{id}", { params: { path: { id } } }));
    await revalidate();
    close();
  };
  return (
    <ActionButton
      variant="danger"
      action={remove}
      confirmation={`Remove ${email}? Sessions end, API keys that they created are revoked, and this cannot be undone.`}
    >
      Remove from the organization
    </ActionButton>
  );
}
