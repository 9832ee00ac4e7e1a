import { GetWorkGroupCommand } from "@aws-sdk/client-athena";
import { DescribeContinuousBackupsCommand } from "@aws-sdk/client-dynamodb";
import { DescribeIntegrationsCommand, type Integration } from "@aws-sdk/client-glue";
import { DescribeKeyCommand, GetKeyRotationStatusCommand } from "@aws-sdk/client-kms";
import { cannotSee, ofStack, ok, toDo, type Check, type Deployed } from "./check";

const SECTION = "Data";
const SOUND = new Set(["ACTIVE", "CREATING", "SYNCING", "MODIFYING"]);

/** Key, backups, and the way of player data to Athena. */
export const dataChecks: readonly Check[] = [
  {
    section: SECTION,
    title: "KMS key",
    look: ofStack(async ({ aws, operations: { keys } }) => {
      const kms = aws.get("kms");
      for (const KeyId of keys) {
        const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId }));
        if (KeyMetadata?.KeyState !== "Enabled") {
          const state = KeyMetadata?.KeyState ?? "unknown";
          const fix =
            state === "PendingDeletion"
              ? `aws kms cancel-key-deletion --key-id ${KeyId}, then enable it`
              : `aws kms enable-key --key-id ${KeyId}`;
          return toDo(`${KeyId} is ${state}: nothing of the stack can be read`, fix);
        }
        const { KeyRotationEnabled } = await kms.send(new GetKeyRotationStatusCommand({ KeyId }));
        if (!KeyRotationEnabled)
          return toDo(`${KeyId} does not rotate`, `aws kms enable-key-rotation --key-id ${KeyId}`, false);
      }
      return ok(`${keys.length} enabled, rotating every year`);
    }),
  },
  {
    section: SECTION,
    title: "point-in-time recovery",
    look: ofStack(async ({ aws, operations: { gateway, messages, segments } }) => {
      const tables = [gateway?.players, gateway?.presence, messages?.table, segments?.runs].filter(
        (t) => t !== undefined,
      );
      const off: string[] = [];
      for (const TableName of tables) {
        const { ContinuousBackupsDescription } = await aws
          .get("dynamodb")
          .send(new DescribeContinuousBackupsCommand({ TableName }));
        const state = ContinuousBackupsDescription?.PointInTimeRecoveryDescription?.PointInTimeRecoveryStatus;
        if (state !== "ENABLED") off.push(TableName);
      }
      return off.length === 0
        ? ok(`on for ${tables.length} tables`)
        : toDo(`off for ${off.join(", ")}; zero-ETL of the Players table needs it`, "pulumi refresh, then pulumi up");
    }),
  },
  {
    section: SECTION,
    title: "zero-ETL integration",
    look: ofStack(async ({ aws, operations: { segments } }) => {
      if (!segments) return undefined;
      const found = (await integrations(aws)).find(
        ({ SourceArn, TargetArn }) => SourceArn === segments.sourceArn && TargetArn === segments.databaseArn,
      );
      if (!found) return toDo("there is none from the Players table to the catalog", "pulumi refresh, then pulumi up");
      const errors = (found.Errors ?? []).map(({ ErrorCode, ErrorMessage }) =>
        `${ErrorCode ?? ""} ${ErrorMessage ?? ""}`.trim(),
      );
      const detail = [found.Status ?? "unknown", ...errors].join(": ");
      if (SOUND.has(found.Status ?? "")) return ok(detail);
      const fix =
        found.Status === "NEEDS_ATTENTION"
          ? "Mend what it names (backups, table policy, catalog policy, role); it heals by itself within 7 days, then it is FAILED."
          : "Destroy and create it anew: pulumi up --target-replace <the integration's URN>";
      return toDo(detail, fix);
    }),
  },
  {
    section: SECTION,
    title: "Athena workgroup",
    look: ofStack(async ({ aws, operations: { segments } }) => {
      if (!segments) return undefined;
      const { WorkGroup } = await aws.get("athena").send(new GetWorkGroupCommand({ WorkGroup: segments.workgroup }));
      const { EnforceWorkGroupConfiguration, BytesScannedCutoffPerQuery, ResultConfiguration } =
        WorkGroup?.Configuration ?? {};
      const problems = [
        ...(WorkGroup?.State === "DISABLED" ? ["it is disabled"] : []),
        ...(EnforceWorkGroupConfiguration === true ? [] : ["its settings are not enforced"]),
        ...(BytesScannedCutoffPerQuery === undefined ? ["a query may scan any number of bytes"] : []),
        ...(ResultConfiguration?.EncryptionConfiguration === undefined ? ["results are not encrypted"] : []),
      ];
      if (WorkGroup === undefined) return cannotSee(`Athena says nothing of ${segments.workgroup}`);
      return problems.length === 0
        ? ok(`${segments.workgroup}, at most ${(BytesScannedCutoffPerQuery ?? 0) / 2 ** 20} MB a query`)
        : toDo(`${segments.workgroup}: ${problems.join(", ")}`, "pulumi refresh, then pulumi up");
    }),
  },
];

async function integrations(aws: Deployed["aws"]): Promise<Integration[]> {
  const all: Integration[] = [];
  let Marker: string | undefined;
  do {
    const page = await aws.get("glue").send(new DescribeIntegrationsCommand({ Marker }));
    all.push(...(page.Integrations ?? []));
    Marker = page.Marker;
  } while (Marker !== undefined);
  return all;
}
