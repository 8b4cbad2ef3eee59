import type { ReactNode } from "react";
import { useNavigate, useSearchParams } from "react-router";
import { Logo } from "../ui/logo.tsx";
import { SignInForm } from "./sign-in-form.tsx";

/** Where to go after signing in: a path of the console, never another site. */
export const destinationOf = (to: string | null): string => (to !== null && /^\/(?![/\\])/.test(to) ? to : "/prompts");

export function Component(): ReactNode {
  const navigate = useNavigate();
  const [search] = useSearchParams();
  return (
    <main className="sign-in">
      <title>Sign in · PromptOps</title>
      <div className="card sign-in-card">
        <Logo />
        <h1>Sign in</h1>
        <SignInForm onSignedIn={() => void navigate(destinationOf(search.get("to")), { replace: true })} />
      </div>
    </main>
  );
}
