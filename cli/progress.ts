/** Says on standard error what is under way, so that standard output holds the result alone. */
export function startProgress(names: readonly string[]): {
  begin: (name: string) => void;
  end: (name: string, result: string) => void;
} {
  const width = Math.max(...names.map((name) => name.length));
  let current = "";
  const show = (): void => {
    if (process.stderr.isTTY && current !== "") process.stderr.write(`planning ${current.padEnd(width)} ...`);
  };
  return {
    begin(name) {
      current = name;
      show();
    },
    end(name, result) {
      process.stderr.write(`${process.stderr.isTTY ? "\r" : ""}planned  ${name.padEnd(width)}  ${result}\n`);
      // Another may be under way; its line was overwritten.
      if (name === current) current = "";
      show();
    },
  };
}
