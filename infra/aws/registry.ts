import { ecr } from "@pulumi/aws";
import { ComponentResource, type ComponentResourceOptions } from "@pulumi/pulumi";
import type { AwsEnvironment } from "../../platform/environment.ts";
import { repositoryName } from "../../platform/names.ts";
import { isGuarded } from "../guards.ts";
import type { Keys } from "./keys.ts";

const DEFAULT_IMAGES = 100;
/** A push that failed leaves layers without a tag. */
const DAYS_WITHOUT_TAG = 14;

export interface RegistryArgs {
  readonly environment: AwsEnvironment;
  readonly keys: Keys;
  /** Names of the services that have an image. */
  readonly services: readonly string[];
}

/** A repository for each service's images: a tag never moves, each image is scanned when it is pushed, the newest are kept. */
export class Registry extends ComponentResource {
  constructor(name: string, { environment, keys, services }: RegistryArgs, options: ComponentResourceOptions) {
    super("promptops:aws:Registry", name, {}, options);
    const guarded = isGuarded(environment);
    const { images = DEFAULT_IMAGES } = environment.registry ?? {};
    for (const service of services) {
      const repository = new ecr.Repository(
        service,
        {
          name: repositoryName(environment, service),
          imageTagMutability: "IMMUTABLE",
          imageScanningConfiguration: { scanOnPush: true },
          encryptionConfigurations: [{ encryptionType: "KMS", kmsKey: keys.data.arn }],
          forceDelete: !guarded,
        },
        // Pods that start again need their image.
        { parent: this, protect: guarded },
      );
      new ecr.LifecyclePolicy(
        service,
        { repository: repository.name, policy: lifecycle(images) },
        // A repository has one: deleting the old one after the new one is made would leave none.
        { parent: this, deleteBeforeReplace: true },
      );
    }
    this.registerOutputs();
  }
}

function lifecycle(images: number): string {
  const rule = (rulePriority: number, selection: object): object => ({
    rulePriority,
    selection,
    action: { type: "expire" },
  });
  return JSON.stringify({
    rules: [
      rule(1, {
        tagStatus: "untagged",
        countType: "sinceImagePushed",
        countUnit: "days",
        countNumber: DAYS_WITHOUT_TAG,
      }),
      rule(2, { tagStatus: "any", countType: "imageCountMoreThan", countNumber: images }),
    ],
  });
}
