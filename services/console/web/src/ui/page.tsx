import type { ReactNode } from "react";
import { type Scope, useSignedInUser } from "../session/signed-in-user.ts";
import { Empty } from "./empty.tsx";

interface Props {
  readonly title: string;
  /** Above the title: where the page belongs. */
  readonly trail?: ReactNode;
  readonly actions?: ReactNode;
  /** Without one of these scopes the page is not shown. @default - the API decides */
  readonly needs?: readonly Scope[];
  /** Scopes of what can be changed here. Without one of them, the page says that the role permits less. @default - nothing */
  readonly changes?: readonly Scope[];
  readonly children: ReactNode;
}

/** A page with its title, which the browser's tab shows too. */
export function Page({ title, trail, actions, needs = [], changes = [], children }: Props): ReactNode {
  const { role, scopes } = useSignedInUser();
  const lacks = (wanted: readonly Scope[]): Scope | undefined => wanted.find((scope) => !scopes.includes(scope));
  const [missing, readOnly] = [lacks(needs), lacks(changes)];
  return (
    <>
      <title>{`${title} · PromptOps`}</title>
      <header className="page-header">
        <div className="page-heading">
          {trail !== undefined && (
            <nav aria-label="Breadcrumb" className="trail">
              {trail}
            </nav>
          )}
          <h1>{title}</h1>
        </div>
        {actions !== undefined && missing === undefined && <div className="actions">{actions}</div>}
      </header>
      {readOnly !== undefined && missing === undefined && (
        <p className="note">
          Some actions are not available: your role, {role}, does not have the scope <code>{readOnly}</code>.
        </p>
      )}
      {missing === undefined ? children : <NotPermitted role={role} scope={missing} />}
    </>
  );
}

const NotPermitted = ({ role, scope }: { readonly role: string; readonly scope: Scope }): ReactNode => (
  <Empty title="Your role does not permit this">
    <p>
      Your role, {role}, does not have the scope <code>{scope}</code>. Ask an administrator of your organization.
    </p>
  </Empty>
);
