import type { ReactNode } from "react";

/** Says that there is nothing, and what to do about it. */
export const Empty = ({ title, children }: { readonly title: string; readonly children?: ReactNode }): ReactNode => (
  <div className="empty">
    <svg viewBox="0 0 48 48" aria-hidden="true">
      <rect x="7" y="11" width="34" height="26" rx="4" />
      <path d="M14 20h12M14 27h20" />
    </svg>
    <h2>{title}</h2>
    {children}
  </div>
);
