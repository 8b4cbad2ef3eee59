import type { ReactNode } from "react";
import { Link, useSearchParams } from "react-router";

/** Links to the first page and to the next one, by the API's cursor. `last` is the last id of a full page. */
export function Pager({ last }: { readonly last: string | undefined }): ReactNode {
  const [search] = useSearchParams();
  const isFirst = !search.has("before");
  if (isFirst && last === undefined) return null;
  const to = (before?: string): string => {
    const next = new URLSearchParams(search);
    next.delete("before");
    if (before !== undefined) next.set("before", before);
    return `?${next.toString()}`;
  };
  return (
    <nav aria-label="Pages" className="pager">
      {!isFirst && (
        <Link className="button button-plain" to={to()}>
          Newest
        </Link>
      )}
      {last !== undefined && (
        <Link className="button button-plain" to={to(last)}>
          Older
        </Link>
      )}
    </nav>
  );
}
