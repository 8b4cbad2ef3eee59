import type { ReactNode } from "react";

interface Props {
  readonly title: string;
  /** Above the title: where the page belongs. */
  readonly trail?: ReactNode;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}

/** A page with its title, which the browser's tab shows too. */
export const Page = ({ title, trail, actions, children }: Props): ReactNode => (
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
      {actions !== undefined && <div className="actions">{actions}</div>}
    </header>
    {children}
  </>
);
