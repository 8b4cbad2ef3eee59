/** Rows of a page. */
export const PAGE_SIZE = 50;

/** The query of a page of a list, whose cursor is in the page's URL. */
export function pageQuery(url: string): { readonly limit: number; readonly before?: string } {
  const before = new URL(url).searchParams.get("before");
  return { limit: PAGE_SIZE, ...(before !== null && before !== "" && { before }) };
}
