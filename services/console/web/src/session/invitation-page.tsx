import { type ReactNode, useState } from "react";
import { Form } from "react-aria-components";
import { Link, useLocation, useNavigate } from "react-router";
import { ErrorNote } from "../ui/error-note.tsx";
import { Field } from "../ui/field.tsx";
import { Logo } from "../ui/logo.tsx";
import { SubmitButton } from "../ui/submit-button.tsx";
import { useSubmit } from "../ui/use-submit.ts";
import { acceptInvitation } from "./session.ts";

/** Characters of the shortest password that the API takes. */
const MIN_PASSWORD = 15;

/** Accepts the invitation, or the password reset, in the fragment of the address. */
export function Component(): ReactNode {
  const invitation = useLocation().hash.slice(1);
  return (
    <main className="sign-in">
      <title>Accept invitation · PromptOps</title>
      <div className="card sign-in-card">
        <Logo />
        <h1>Choose a password</h1>
        {invitation === "" ? (
          <p className="note note-danger">The address contains no invitation. Open the link that you received.</p>
        ) : (
          <PasswordForm invitation={invitation} />
        )}
        <Link to="/sign-in">Sign in with a password instead</Link>
      </div>
    </main>
  );
}

function PasswordForm({ invitation }: { readonly invitation: string }): ReactNode {
  const navigate = useNavigate();
  const [password, setPassword] = useState("");
  const { isPending, error, submit } = useSubmit(async () => {
    await acceptInvitation({ invitation, password });
    await navigate("/prompts", { replace: true });
  });
  return (
    <Form className="stack" onSubmit={submit}>
      {error !== undefined && <ErrorNote error={error} />}
      <Field
        label="New password"
        type="password"
        value={password}
        onChange={setPassword}
        isRequired
        autoFocus
        minLength={MIN_PASSWORD}
        hint={`At least ${MIN_PASSWORD} characters, such as four or five words.`}
        autoComplete="new-password"
      />
      <SubmitButton isPending={isPending}>Set password and sign in</SubmitButton>
    </Form>
  );
}
