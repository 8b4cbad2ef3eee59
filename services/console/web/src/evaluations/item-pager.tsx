import type { ReactNode } from "react";
import { Link, useSearchParams } from "react-router";

/** The query of a page of items, whose cursor is in the page's URL. */
export function itemQuery(url: string, limit: number): { readonly limit: number; readonly after: number } {
  const after = Number(new URL(url).searchParams.get("after") ?? 0);
  return { limit, after: Number.isSafeInteger(after) && after > 0 ? after : 0 };
}

/** Links to the first items and to the next ones. `last` is the number of the last item of a full page. */
export function ItemPager({ last }: { readonly last: number | undefined }): ReactNode {
  const [search] = useSearchParams();
  const isFirst = !search.has("after");
  if (isFirst && last === undefined) return null;
  return (
    <nav aria-label="Pages" className="pager">
      {!isFirst && (
        <Link className="button button-plain" to="?">
          First
        </Link>
      )}
      {last !== undefined && (
        <Link className="button button-plain" to={`?after=${last}`}>
          Next
        </Link>
      )}
    </nav>
  );
}
