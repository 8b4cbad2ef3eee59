const COMMENT = /^\s*(#|\/\/|--)/;
const HOST = String.raw`[a-z0-9](?:[-a-z0-9.]*[a-z0-9])?`;
const ADDRESSES = [
  /\b[a-z][-a-z0-9+.]*:\/\/[^\s"'<>\\{}$]+/g,
  new RegExp(String.raw`(?<![-\w./:@])(?=[-a-z0-9.]*[a-z]|(?:\d+\.){3}\d+:)${HOST}:\d{2,5}(?![\w.:-])`, "g"),
  new RegExp(String.raw`(?<![-\w./:])${HOST}\.svc(?:\.cluster\.local)?(?![-\w.])(?::\d{2,5})?`, "g"),
];

/** URLs, `host:port` and names of Services in a text, except in comments. */
export function addressesIn(text: string): string[] {
  const lines = text.split("\n").filter((line) => !COMMENT.test(line));
  const found = lines.flatMap((line) => ADDRESSES.flatMap((pattern) => line.match(pattern) ?? []));
  return [...new Set(found.map((address) => address.replace(/[),.;\]]+$/, "")))].toSorted();
}
