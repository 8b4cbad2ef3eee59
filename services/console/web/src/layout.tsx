import { type ReactNode, useEffect, useRef, useState } from "react";
import { NavLink, Outlet, useLocation, useNavigate, useNavigation } from "react-router";
import { signOut } from "./session/session.ts";
import { type Scope, useSignedInUser } from "./session/signed-in-user.ts";
import { SignInAgain } from "./session/sign-in-again.tsx";
import { Button } from "./ui/button.tsx";
import { ErrorNote } from "./ui/error-note.tsx";
import { Logo } from "./ui/logo.tsx";
import { ThemeChoice } from "./ui/theme-choice.tsx";
import { useSubmit } from "./ui/use-submit.ts";

interface Place {
  readonly to: string;
  readonly label: string;
  /** Without it the page cannot be read, so the link is not shown. */
  readonly scope: Scope;
}

const places: readonly Place[] = [
  { to: "/prompts", label: "Prompts", scope: "prompts:read" },
  { to: "/workflows", label: "Workflows", scope: "workflows:read" },
  { to: "/evaluations", label: "Evaluations", scope: "evaluations:read" },
  { to: "/executions", label: "Executions", scope: "executions:read" },
  { to: "/usage", label: "Usage", scope: "executions:read" },
  { to: "/members", label: "Members", scope: "users:read" },
  { to: "/webhooks", label: "Webhooks", scope: "webhooks:read" },
  { to: "/api-keys", label: "API keys", scope: "keys:read" },
  { to: "/audit", label: "Audit", scope: "audit:read" },
];

/** The frame of every page: navigation, the user, and the page itself. */
export function Layout(): ReactNode {
  const { pathname } = useLocation();
  const { state } = useNavigation();
  const main = useRef<HTMLElement>(null);
  const shown = useRef(pathname);
  const [isOpen, setOpen] = useState(false);
  const { scopes } = useSignedInUser();
  useEffect(() => {
    if (shown.current === pathname) return;
    shown.current = pathname;
    setOpen(false);
    // Where a browser would begin to read after it had loaded a page.
    main.current?.focus();
  }, [pathname]);
  return (
    <div className="frame">
      <a className="skip" href="#main">
        Skip to content
      </a>
      <header className="sidebar" data-open={isOpen}>
        <div className="sidebar-top">
          <Logo />
          <Button
            variant="quiet"
            aria-expanded={isOpen}
            onPress={() => {
              setOpen(!isOpen);
            }}
          >
            Menu
          </Button>
        </div>
        <nav aria-label="Main" className="places">
          {places
            .filter(({ scope }) => scopes.includes(scope))
            .map(({ to, label }) => (
              <NavLink key={to} to={to} className="place">
                {label}
              </NavLink>
            ))}
        </nav>
        <Account />
      </header>
      <main id="main" ref={main} tabIndex={-1} className="content" aria-busy={state !== "idle"}>
        {state === "loading" && <div className="progress" />}
        <Outlet />
      </main>
      <SignInAgain />
    </div>
  );
}

function Account(): ReactNode {
  const { email, role, organization } = useSignedInUser();
  const navigate = useNavigate();
  const { isPending, error, submit } = useSubmit(async () => {
    await signOut();
    await navigate("/sign-in");
  });
  return (
    <div className="account">
      <ThemeChoice />
      <div className="account-user">
        <strong className="ellipsis">{organization.name}</strong>
        <span className="ellipsis" title={email}>
          {email}
        </span>
        <span className="muted small">{role}</span>
      </div>
      {error !== undefined && <ErrorNote error={error} />}
      <Button
        isPending={isPending}
        onPress={() => {
          submit();
        }}
      >
        Sign out
      </Button>
    </div>
  );
}
