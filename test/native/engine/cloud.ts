import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** A file that names the type which the clouds refuse to make or delete. */
export const REFUSED = "refused";

/** A resource that stands, as its provider was told to make it. */
export interface Standing {
  readonly id: string;
  readonly type: string;
  readonly inputs: Inputs;
}

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- inputs of any provider
export type Inputs = Record<string, any>;

/** What stands in a provider's cloud, and the names that deleted resources still hold. */
interface State {
  standing: Standing[];
  held: string[];
}

/**
 * A cloud that keeps what it was told, in a file, and refuses what the real ones refuse whatever the inputs: a name that is
 * taken, a block of addresses within another's, the deletion of what is protected or in use.
 */
export class Cloud {
  private readonly file: string;
  private readonly state: State;

  constructor(
    private readonly folder: string,
    name: string,
  ) {
    const file = join(folder, `${name}.json`);
    this.file = file;
    this.state = existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as State) : { standing: [], held: [] };
  }

  get standing(): readonly Standing[] {
    return this.state.standing;
  }

  find(type: string, id: string): Standing | undefined {
    return this.state.standing.find((each) => each.type === type && each.id === id);
  }

  /** What the cloud calls a resource by its only name is its id too. */
  idOf(type: string, inputs: Inputs): string | undefined {
    const [field, ...others] = NAMES[type] ?? [];
    const name: unknown = field === undefined || others.length > 0 ? undefined : inputs[field];
    return typeof name === "string" ? name : undefined;
  }

  create(made: Standing): void {
    this.requireWorking(made.type);
    const name = nameOf(made);
    if (name !== undefined && [...this.state.held, ...this.state.standing.map(nameOf)].includes(name)) {
      throw new Error(`AlreadyExists: ${name}`);
    }
    const source = made.inputs["restoreToPointInTime"]?.sourceDbInstanceIdentifier as string | undefined;
    if (source !== undefined && !this.state.standing.some(({ inputs }) => inputs["identifier"] === source))
      throw new Error(`DBInstanceNotFound: ${source}`);
    const overlapping = this.state.standing.find((other) => overlap(made, other));
    if (overlapping) throw new Error(`InvalidSubnet.Conflict: ${cidrOf(made)} is in use by ${overlapping.id}`);
    this.save({ standing: [...this.state.standing, made] });
  }

  update(updated: Standing): void {
    const before = this.find(updated.type, updated.id);
    if (before) requireAllowed(before.inputs, updated.inputs);
    this.save({
      standing: this.state.standing.map((each) =>
        each.type === updated.type && each.id === updated.id ? updated : each,
      ),
    });
  }

  delete(type: string, id: string): void {
    const gone = this.find(type, id);
    if (!gone) return;
    this.requireWorking(type);
    if (gone.inputs["deletionProtection"] === true) throw new Error(`DeletionProtected: ${id}`);
    if (FILLED.includes(type) && gone.inputs["forceDestroy"] !== true) throw new Error(`NotEmpty: ${id}`);
    const others = this.state.standing.filter((each) => each !== gone);
    const user = others.find(({ inputs }) => uses(inputs, USES[gone.type] ?? [], id));
    if (user) throw new Error(`DependencyViolation: ${id} is in use by ${user.id}`);
    const held = heldAfter(gone);
    const repeated = held.find((name) => this.state.held.includes(name));
    if (repeated !== undefined) throw new Error(`AlreadyExists: ${repeated}`);
    this.save({ standing: others, held: [...this.state.held, ...held] });
  }

  private requireWorking(type: string): void {
    const refused = join(this.folder, REFUSED);
    if (existsSync(refused) && readFileSync(refused, "utf8") === type) throw new Error(`ServiceUnavailable: ${type}`);
  }

  private save(change: Partial<State>): void {
    Object.assign(this.state, change);
    // Whole or not at all: a cloud outlives a plug-in that is killed.
    const unfinished = `${this.file}.unfinished`;
    writeFileSync(unfinished, JSON.stringify(this.state));
    renameSync(unfinished, this.file);
  }
}

/** What its cloud deletes only when nothing uses it, and the inputs by which others use it. */
const USES: Readonly<Record<string, readonly string[]>> = {
  "aws:backup/plan:Plan": ["planId"],
  "aws:ec2/eip:Eip": ["allocationId"],
  "aws:ec2/internetGateway:InternetGateway": ["gatewayId"],
  "aws:ec2/routeTable:RouteTable": ["routeTableId", "routeTableIds"],
  "aws:ec2/securityGroup:SecurityGroup": ["securityGroupId", "securityGroups", "vpcSecurityGroupIds"],
  "aws:ec2/subnet:Subnet": ["subnetId", "subnetIds"],
  "aws:ec2/vpc:Vpc": ["vpcId"],
  "aws:eks/cluster:Cluster": ["clusterName"],
  "aws:iam/role:Role": ["role"],
  "aws:rds/parameterGroup:ParameterGroup": ["parameterGroupName"],
  "aws:rds/subnetGroup:SubnetGroup": ["dbSubnetGroupName"],
};

/** What is full when it is deleted: its cloud refuses, unless the provider empties it first. */
const FILLED: readonly string[] = ["aws:backup/vault:Vault", "aws:s3/bucket:Bucket"];

/** The inputs that make up a name which can be taken only once. AWS, Linode and Kubernetes say so of each in their API. */
const NAMES: Readonly<Record<string, readonly string[]>> = {
  "aws:backup/vault:Vault": ["name"],
  "aws:cloudwatch/logGroup:LogGroup": ["name"],
  "aws:eks/accessEntry:AccessEntry": ["clusterName", "principalArn"],
  "aws:eks/addon:Addon": ["clusterName", "addonName"],
  "aws:eks/cluster:Cluster": ["name"],
  "aws:eks/nodeGroup:NodeGroup": ["clusterName", "nodeGroupName"],
  "aws:eks/podIdentityAssociation:PodIdentityAssociation": ["clusterName", "namespace", "serviceAccount"],
  "aws:ecr/repository:Repository": ["name"],
  "aws:efs/mountTarget:MountTarget": ["fileSystemId", "subnetId"],
  "aws:iam/role:Role": ["name"],
  "aws:kms/alias:Alias": ["name"],
  "aws:rds/instance:Instance": ["identifier"],
  "aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication": ["region", "sourceDbInstanceArn"],
  "aws:rds/parameterGroup:ParameterGroup": ["name"],
  "aws:rds/subnetGroup:SubnetGroup": ["name"],
  "aws:route53/record:Record": ["zoneId", "name", "type"],
  "aws:s3/bucket:Bucket": ["bucket"],
  "aws:shield/protection:Protection": ["resourceArn"],
  "aws:wafv2/webAcl:WebAcl": ["scope", "name"],
  "aws:secretsmanager/secret:Secret": ["name"],
  "linode:index/domain:Domain": ["domain"],
  "linode:index/lkeCluster:LkeCluster": ["label"],
  "linode:index/objectStorageBucket:ObjectStorageBucket": ["region", "label"],
};

function nameOf({ type, inputs }: Standing): string | undefined {
  if (type.startsWith("kubernetes:"))
    return `${type} ${[inputs["metadata"]?.namespace, inputs["metadata"]?.name ?? inputs["name"]].join("/")}`;
  // A resource without a name is given one that nothing has.
  const values = NAMES[type]?.map((field) => inputs[field] as unknown);
  return values?.every((value) => typeof value === "string") ? `${type} ${values.join("/")}` : undefined;
}

/** Names that stay taken after a deletion: a secret that can still be restored, a last snapshot. */
function heldAfter(gone: Standing): string[] {
  const { type, inputs } = gone;
  if (type === "aws:secretsmanager/secret:Secret" && inputs["recoveryWindowInDays"] !== 0) return [nameOf(gone) ?? ""];
  if (type === "aws:rds/instance:Instance" && inputs["skipFinalSnapshot"] !== true) {
    return [`snapshot ${String(inputs["finalSnapshotIdentifier"])}`];
  }
  return [];
}

/** RDS takes a major version only where the request says that it may. */
function requireAllowed(before: Inputs, { engineVersion, allowMajorVersionUpgrade }: Inputs): void {
  if (before["engineVersion"] !== engineVersion && allowMajorVersionUpgrade !== true)
    throw new Error(`InvalidParameterCombination: ${String(engineVersion)} is a major version`);
}

const cidrOf = ({ inputs }: Standing): string => String(inputs["cidrBlock"]);

function overlap(one: Standing, other: Standing): boolean {
  if (one.type !== "aws:ec2/subnet:Subnet" || other.type !== one.type) return false;
  if (one.inputs["vpcId"] !== other.inputs["vpcId"]) return false;
  const [first, second] = [rangeOf(cidrOf(one)), rangeOf(cidrOf(other))];
  return first.start < second.end && second.start < first.end;
}

function rangeOf(cidr: string): { start: number; end: number } {
  const [address = "", length = ""] = cidr.split("/");
  const start = address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
  return { start, end: start + 2 ** (32 - Number(length)) };
}

/** Whether inputs name a resource under one of the keys, at any depth. */
function uses(value: unknown, keys: readonly string[], id: string): boolean {
  if (Array.isArray(value)) return value.some((item) => uses(item, keys, id));
  if (typeof value !== "object" || value === null) return false;
  return Object.entries(value).some(
    ([key, inner]) => (keys.includes(key) && [inner].flat().includes(id)) || uses(inner, keys, id),
  );
}
