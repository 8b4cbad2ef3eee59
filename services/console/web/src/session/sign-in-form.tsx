import { type ReactNode, useState } from "react";
import { Form } from "react-aria-components";
import { ErrorNote } from "../ui/error-note.tsx";
import { Field } from "../ui/field.tsx";
import { SubmitButton } from "../ui/submit-button.tsx";
import { useSubmit } from "../ui/use-submit.ts";
import { signIn, type User } from "./session.ts";

/** Asks for a password, and for the user unless one is given. */
export function SignInForm({ user, onSignedIn }: { readonly user?: User; readonly onSignedIn: () => void }): ReactNode {
  const [organization, setOrganization] = useState(user?.organization ?? "");
  const [email, setEmail] = useState(user?.email ?? "");
  const [password, setPassword] = useState("");
  const { isPending, error, submit } = useSubmit(async () => {
    await signIn({ organization, email, password });
    onSignedIn();
  });
  return (
    <Form className="stack" onSubmit={submit}>
      {error !== undefined && <ErrorNote error={error} />}
      {user === undefined && (
        <>
          <Field
            label="Organization"
            value={organization}
            onChange={setOrganization}
            isRequired
            autoFocus
            autoComplete="organization"
          />
          <Field label="E-mail" type="email" value={email} onChange={setEmail} isRequired autoComplete="username" />
        </>
      )}
      <Field
        label="Password"
        type="password"
        value={password}
        onChange={setPassword}
        isRequired
        autoFocus={user !== undefined}
        autoComplete="current-password"
      />
      <SubmitButton isPending={isPending}>Sign in</SubmitButton>
    </Form>
  );
}
