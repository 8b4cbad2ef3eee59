import type { ReactNode } from "react";
import type { Execution } from "../api/openapi.d.ts";

export const StateBadge = ({ state }: Pick<Execution, "state">): ReactNode => (
  <span className={`badge state state-${state}`}>{state}</span>
);
