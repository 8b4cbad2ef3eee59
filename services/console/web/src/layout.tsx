import { type ReactNode, useEffect, useRef, useState } from "react";
import { NavLink, Outlet, useLocation, useNavigate, useNavigation } from "react-router";
import { signOut } from "./session/session.ts";
import { SignInAgain } from "./session/sign-in-again.tsx";
import { useSession } from "./session/use-session.ts";
import { Button } from "./ui/button.tsx";
import { ErrorNote } from "./ui/error-note.tsx";
import { Logo } from "./ui/logo.tsx";
import { ThemeChoice } from "./ui/theme-choice.tsx";
import { useSubmit } from "./ui/use-submit.ts";

const places = [
  { to: "/prompts", label: "Prompts" },
  { to: "/executions", label: "Executions" },
  { to: "/usage", label: "Usage" },
  { to: "/api-keys", label: "API keys" },
] as const;

/** The frame of every page: navigation, the user, and the page itself. */
export function Layout(): ReactNode {
  const { pathname } = useLocation();
  const { state } = useNavigation();
  const main = useRef<HTMLElement>(null);
  const shown = useRef(pathname);
  const [isOpen, setOpen] = useState(false);
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
          {places.map(({ to, label }) => (
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
  const { user } = useSession();
  const navigate = useNavigate();
  const { isPending, error, submit } = useSubmit(async () => {
    await signOut();
    await navigate("/sign-in");
  });
  return (
    <div className="account">
      <ThemeChoice />
      <div className="account-user">
        <strong>{user?.organization}</strong>
        <span className="muted ellipsis">{user?.email}</span>
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
