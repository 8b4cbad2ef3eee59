import type { ReactNode } from "react";

export const Logo = (): ReactNode => (
  <span className="logo">
    <svg viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="8" fill="currentColor" />
      <path d="M9 10l6 6-6 6M17 22h7" className="logo-mark" />
    </svg>
    PromptOps
  </span>
);
