import type { ReactNode } from "react";

/** The outline of a page while its first data loads. */
export const Loading = (): ReactNode => (
  <div className="skeleton" role="status">
    <span className="visually-hidden">Loading</span>
    <div className="skeleton-title" />
    {["one", "two", "three", "four", "five"].map((row) => (
      <div key={row} className="skeleton-row" />
    ))}
  </div>
);
