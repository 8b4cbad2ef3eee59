/** Says on standard error what is under way, so that standard output holds the result alone. */
export function startProgress(names: readonly string[]): {
  begin: (name: string) => void;
  end: (result: string) => void;
} {
  const width = Math.max(...names.map((name) => name.length));
  let current = "";
  return {
    begin(name) {
      current = name.padEnd(width);
      if (process.stderr.isTTY) process.stderr.write(`planning ${current} ...`);
    },
    end(result) {
      process.stderr.write(`${process.stderr.isTTY ? "\r" : ""}planned  ${current}  ${result}\n`);
    },
  };
}
