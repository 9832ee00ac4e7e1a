import type { Cloud } from "../../cloud";
import { describePrincipal, type Principal } from "../../principal";
import type { AccessRequest } from "../../service";
import type { Catalog } from "../glue/catalog";
import type { S3Service } from "../s3";
import { onBucket, onKey, onObject } from "../s3/rights";
import type { Source } from "./sources";
import type { ResultConfiguration } from "./workgroups";

/**
 * The rights that Athena uses in its caller's name (forward access sessions):
 * https://docs.aws.amazon.com/athena/latest/ug/security-iam-athena.html
 */
export class CallersRights {
  constructor(
    private readonly cloud: Cloud,
    private readonly catalog: Catalog,
    private readonly principal: Principal,
    private readonly cause: number | undefined,
  ) {}

  /** The first right that is missing, in AWS's words; undefined when none is. */
  missing(requests: readonly AccessRequest[]): string | undefined {
    const seen = new Set<string>();
    for (const request of requests) {
      const key = `${request.action} ${request.resource}`;
      if (seen.has(key)) continue;
      seen.add(key);
      const via = {
        ...request,
        context: { ...request.context, "aws:CalledVia": ["athena.amazonaws.com"], "aws:ViaAWSService": "true" },
      };
      const decision = this.cloud.ports.iam.evaluate(this.principal, via);
      if (decision.allowed) continue;
      const who = describePrincipal(this.principal);
      this.cloud.trace.emit({
        kind: "denied",
        service: "athena",
        name: "StartQueryExecution",
        principal: who,
        resource: request.resource,
        ...(this.cause === undefined ? {} : { cause: this.cause }),
        error: "AccessDenied",
        data: { action: request.action, deniedResource: request.resource, reason: decision.reason },
      });
      return `User: ${who} is not authorized to perform: ${request.action} on resource: ${request.resource} ${decision.reason}`;
    }
    return undefined;
  }

  /** To find the table in the catalog; AWS asks for its partitions whether it has any or not. https://repost.aws/knowledge-center/athena-access-iam */
  ofCatalog(database: string, table: string): AccessRequest[] {
    return [
      ...this.catalog.rights("GetDatabase", database),
      ...this.catalog.rights("GetTable", database, table),
      ...this.catalog.rights("GetPartitions", database, table),
    ];
  }

  /** To read the data. */
  ofData(source: Source): AccessRequest[] {
    const { bucket, prefix } = source.location;
    const objects = this.bucketOf(bucket)?.objects;
    return [
      onBucket("ListBucket", bucket, { "s3:prefix": prefix }),
      ...source.keys.flatMap((key) => {
        const object = objects?.get(key);
        return [
          onObject("GetObject", bucket, key),
          ...(object ? onKey(this.cloud, ["Decrypt"], object.encryption, bucket, key) : []),
        ];
      }),
    ];
  }

  /** To write the result; its parts and their end included, since large results are uploaded in parts. */
  ofResult(bucket: string, key: string, configuration: ResultConfiguration): AccessRequest[] {
    return [
      onBucket("ListBucket", bucket, { "s3:prefix": key }),
      ...["PutObject", "AbortMultipartUpload", "ListMultipartUploadParts"].map((action) =>
        onObject(action, bucket, key),
      ),
      onObject("PutObject", bucket, `${key}.metadata`),
      ...onKey(this.cloud, ["GenerateDataKey", "Decrypt"], this.resultEncryption(bucket, configuration), bucket, key),
    ];
  }

  resultEncryption(bucket: string, configuration: ResultConfiguration): Parameters<typeof onKey>[2] {
    const own = configuration.EncryptionConfiguration;
    if (own?.EncryptionOption === "SSE_KMS" && own.KmsKey) return { algorithm: "aws:kms", keyArn: own.KmsKey };
    return this.bucketOf(bucket)?.encryption ?? { algorithm: "AES256" };
  }

  private bucketOf(name: string): ReturnType<S3Service["store"]["bucket"]> | undefined {
    return (this.cloud.services.get("s3") as S3Service | undefined)?.store.buckets.get(name);
  }
}
