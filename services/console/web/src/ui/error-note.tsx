import type { ReactNode } from "react";
import { explain } from "../api/problem.ts";

/** Says what failed, next to what failed. */
export function ErrorNote({ error }: { readonly error: unknown }): ReactNode {
  const { title, detail } = explain(error);
  return (
    <div className="note note-danger" role="alert">
      <strong>{title}</strong>
      {detail !== undefined && <p>{detail}</p>}
    </div>
  );
}
