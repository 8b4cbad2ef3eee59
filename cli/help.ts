const commands = [
  {
    name: "plan",
    summary: "plans environments and writes what they come to",
    text: `Runs the Pulumi program and renders the objects of each environment without a cloud, proves that they agree, and
writes dist/<environment>: the objects in manifests/, plan.json, and a kind configuration where the nodes are declared.`,
  },
  {
    name: "render",
    summary: "writes the Kubernetes objects of environments, and nothing else",
    text: `Renders the objects of each named environment into dist/<environment>/manifests, or those of one into the folder that
--output names. Manifests of earlier runs that no object accounts for are removed. A folder that holds anything else is
refused, except for Git's own files.

  promptops render production --output ../rendered`,
  },
  {
    name: "check",
    summary: "does the same and writes nothing: for hooks and pull requests",
    text: "Plans and proves each environment like `promptops plan`, writes no file, and prints what does not hold.",
  },
  {
    name: "diff",
    summary: "says what is otherwise between two plans, or two revisions of this repository",
    text: `Compares two plans: files or folders that \`promptops plan\` wrote, or Git revisions, which are planned as they were, with
their own code. Environments after them limit what is planned.

  promptops diff dist/staging dist/production
  promptops diff main HEAD production --markdown`,
  },
  {
    name: "new",
    summary: "makes a service: a folder that plans, tests and runs at once",
    text: `Makes services/<name> with a descriptor and code that answers from a database of its own, and a test that runs it as a
process on a real Postgres.

  promptops new service reports`,
  },
  {
    name: "dev",
    summary: "runs the platform on this machine: Postgres, API, workers, a model",
    text: `Starts everything on this machine and on its loopback address alone, prints an address, a key and a command line that
works, and follows the logs until Ctrl-C. Data stays for the next start. It takes no environment.`,
  },
] as const;

const shared = `Arguments
  environment   a Pulumi.<environment>.yaml in this folder; all of them when none is named

Options
  --cloud NAME  looks at the environments as they would be on another cloud: aws, linode or local. What a file says of a
                place on its own (account, region, zones, network) is left out; a plan goes to dist/<environment>.<cloud>
  --json        prints one JSON document on standard output instead of tables
  --output FOLDER  where to render (render alone)
  --markdown    prints a difference for a pull request
  -h, --help    prints this

Exit status
  0  everything holds
  1  a proof or a schema does not hold
  2  a file or the call is wrong; nothing was written
`;

function helpOverview(): string {
  const list = commands.map(({ name, summary }) => `  ${name.padEnd(8)}${summary}`).join("\n");
  return `Usage: promptops <command> [environment...] [options]\n\nCommands\n${list}\n\n${shared}`;
}

/** The help of a command; of all of them when the name is none. */
export function helpFor(name: string): string {
  const command = commands.find((candidate) => candidate.name === name);
  return command
    ? `Usage: promptops ${name} [environment...] [options]\n\n${command.text}\n\n${shared}`
    : helpOverview();
}
