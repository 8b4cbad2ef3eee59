/**
 * What damage does to a value, by the type that the API gives it: a boolean, a number, a quantity, a duration, a cron
 * expression, a percentage, one of a few words, a query, a reference. Nothing here knows what a proof looks at.
 */
export function damagesOf(value: unknown, key: string): unknown[] {
  return changesOf(value, key).filter((each) => each !== value);
}

function changesOf(value: unknown, key: string): unknown[] {
  if (typeof value === "boolean") return [!value, undefined];
  if (typeof value === "number") return [value * 100 + 1, value === 0 ? 1 : 0, -1];
  if (typeof value === "string") return ofText(value, key);
  if (Array.isArray(value)) return value.length > 0 ? [[], value.slice(1), undefined] : [];
  return [undefined];
}

function ofText(value: string, key: string): unknown[] {
  if (key === "expr" || key === "query") return ofQuery(value);
  const kind = kinds.find(({ shape }) => shape.test(value));
  return kind ? kind.damage(value) : [`${value}x`, undefined];
}

const kinds: readonly { readonly shape: RegExp; readonly damage: (value: string) => unknown[] }[] = [
  { shape: /^\d+(\.\d+)?%$/, damage: (value) => ["0%", "100%", value.replace("%", "")] },
  { shape: /^\d+(ms|s|m|h|d)$/, damage: ofDuration },
  { shape: /^\d+(\.\d+)?(m|k|M|G|Ki|Mi|Gi|Ti)?$/, damage: ofQuantity },
  { shape: /^(\S+ ){4}\S+$/, damage: () => ["0 0 31 2 *", "0 2 1 1 *", "* * * * *", "61 2 * * *"] },
  { shape: /^\d+\.\d+\.\d+\.\d+\/\d+$/, damage: () => ["0.0.0.0/0", "203.0.113.0/24"] },
  { shape: /^[a-z0-9-]+:[A-Za-z*]+$/, damage: (value) => [`${value.split(":")[0] ?? ""}:*`, "*", `${value}x`] },
  { shape: /^(Always|IfNotPresent|Never|OnFailure)$/, damage: (value) => [value === "Never" ? "Always" : "Never"] },
  {
    shape: /^(Retain|Delete|Recreate|Orphan|Owner|Merge)$/,
    damage: (value) => [value === "Delete" ? "Retain" : "Delete"],
  },
];

function ofDuration(value: string): unknown[] {
  const [, amount = "", unit = ""] = /^(\d+)(\D+)$/.exec(value) ?? [];
  // Nothing is as long in every unit.
  if (Number(amount) === 0) return [`1${unit}`, `1000${unit}`];
  const other = { ms: "s", s: "h", m: "ms", h: "s", d: "m" }[unit];
  return [`${amount}${other ?? unit}`, `${amount}000${unit}`, "0s"];
}

function ofQuantity(value: string): unknown[] {
  const [, amount = "", unit = ""] = /^([\d.]+)(\D*)$/.exec(value) ?? [];
  const smaller = { Ti: "Mi", Gi: "Ki", Mi: "", Ki: "", G: "k", M: "", k: "m", m: "u", "": "m" }[unit];
  const larger = { Ti: "Pi", Gi: "Ti", Mi: "Ti", Ki: "Gi", G: "T", M: "T", k: "M", m: "", "": "k" }[unit];
  return [`${amount}${smaller ?? unit}`, `${amount}${larger ?? unit}`];
}

/** A query with a misspelt metric, a comparison turned round, no rate, no `by`, another threshold, window or label. */
function ofQuery(value: string): string[] {
  const changed = [
    value.replace(/([a-z]\w*(_|:)\w+)(?=\{|\[|\))/, "$1x"),
    value.replace(/ > /, " < "),
    value.replace(/ < /, " > "),
    value.replace(
      / (>|<|>=|<=) ([\d.]+)/,
      (_, operator: string, bound: string) => ` ${operator} ${String(Number(bound) * 100 + 1)}`,
    ),
    value.replace(/\b(rate|increase)\((.+?\])\)/, "$2"),
    value.replace(/\b(rate|increase)\((.+?)\[\w+\]\)/, "$2"),
    value.replace(/\[\d+[smhd]\]/, "[15s]"),
    value.replace(/by \([^)]*\)/, ""),
    value.replace(/(\w+)(?=(=~|!~|!=|=)")/, "$1x"),
    value.replace(/(=~|!~|!=|=)"([^"]+)"/, '$1"$2x"'),
    value.replace(/\brate\(/, "avg_over_time("),
    value.replace(/histogram_quantile\(0\.\d+/, "histogram_quantile(99"),
  ];
  return [...new Set(changed)].filter((each) => each !== value);
}
