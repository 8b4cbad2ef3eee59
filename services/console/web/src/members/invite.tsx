import { type ReactNode, useState } from "react";
import { Form, Heading } from "react-aria-components";
import { useRevalidator } from "react-router";
import { api, read } from "../api/client.ts";
import { Button } from "../ui/button.tsx";
import { DialogButton } from "../ui/dialog-button.tsx";
import { ErrorNote } from "../ui/error-note.tsx";
import { Field } from "../ui/field.tsx";
import { SubmitButton } from "../ui/submit-button.tsx";
import { useSubmit } from "../ui/use-submit.ts";
import { InvitationLink } from "./invitation-link.tsx";
import { RoleChoice } from "./role-choice.tsx";
import type { Role } from "./roles.ts";

/** Invites a user, and shows the link of the invitation once. */
export const Invite = (): ReactNode => (
  <DialogButton label="Invite member" variant="primary">
    {(close) => <InviteForm close={close} />}
  </DialogButton>
);

function InviteForm({ close }: { readonly close: () => void }): ReactNode {
  const [email, setEmail] = useState("");
  const [role, setRole] = useState<Role>("member");
  const [invitation, setInvitation] = useState<string>();
  const { revalidate } = useRevalidator();
  const { isPending, error, submit } = useSubmit(async () => {
    const invited = await read(api.POST("/users", { body: { email, role } }));
    setInvitation(invited.invitation);
    await revalidate();
  });
  if (invitation !== undefined) return <InvitationLink email={email} invitation={invitation} close={close} />;
  return (
    <Form className="stack" onSubmit={submit}>
      <Heading slot="title">Invite a member</Heading>
      {error !== undefined && <ErrorNote error={error} />}
      <Field label="E-mail" type="email" value={email} onChange={setEmail} isRequired autoFocus autoComplete="off" />
      <RoleChoice role={role} onChange={setRole} />
      <div className="actions">
        <SubmitButton isPending={isPending}>Create invitation</SubmitButton>
        <Button onPress={close}>Cancel</Button>
      </div>
    </Form>
  );
}
