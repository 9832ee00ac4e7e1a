import { AwsError } from "../../../aws-error";
import { tableAccess, type Dependencies } from "../access";
import { tableNameOf } from "../engine/database";
import type { Table } from "../engine/table";
import * as members from "../validation/members";
import type { TableNameInput } from "./describe-table";
import { checkedOperation } from "./operation";

interface Input extends TableNameInput {
  readonly PointInTimeRecoverySpecification: {
    readonly PointInTimeRecoveryEnabled: boolean;
    readonly RecoveryPeriodInDays?: number;
  };
}

/** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DescribeContinuousBackups.html */
export const describeContinuousBackups = (dependencies: Dependencies) =>
  checkedOperation<TableNameInput>(
    { TableName: members.tableName },
    {
      authorize: (input) =>
        tableAccess(dependencies, { action: "dynamodb:DescribeContinuousBackups", table: input.TableName }),
      answer: (input) => describe(tableOf(dependencies, input), dependencies.cloud.clock.now()),
    },
  );

/** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateContinuousBackups.html */
export const updateContinuousBackups = (dependencies: Dependencies) =>
  checkedOperation<Input>(
    {
      TableName: members.tableName,
      PointInTimeRecoverySpecification: members.required(
        members.struct("PointInTimeRecoverySpecification", {
          PointInTimeRecoveryEnabled: members.required(members.flag),
          RecoveryPeriodInDays: { type: "Integer", min: 1, max: 35 },
        }),
      ),
    },
    {
      authorize: (input) =>
        tableAccess(dependencies, { action: "dynamodb:UpdateContinuousBackups", table: input.TableName }),
      answer: (input) => {
        const table = tableOf(dependencies, input);
        const now = dependencies.cloud.clock.now();
        const { PointInTimeRecoveryEnabled: enabled, RecoveryPeriodInDays: days } =
          input.PointInTimeRecoverySpecification;
        setPointInTimeRecovery(table, enabled, days, now);
        return describe(table, now);
      },
    },
  );

export function setPointInTimeRecovery(table: Table, enabled: boolean, days: number | undefined, now: number): void {
  const { recoverableSince: since, ...definition } = table.definition;
  table.definition = {
    ...definition,
    ...(enabled ? { recoverableSince: since ?? now } : {}),
    recoveryDays: days ?? definition.recoveryDays,
  };
}

function tableOf({ database }: Dependencies, { TableName: name }: TableNameInput): Table {
  const table = database.find(name);
  if (!table) throw new AwsError("TableNotFoundException", `Table not found: ${tableNameOf(name)}`);
  return table;
}

function describe({ definition }: Table, now: number): object {
  const since = definition.recoverableSince;
  const earliest = since === undefined ? 0 : Math.max(since, now - definition.recoveryDays * 86_400_000);
  return {
    ContinuousBackupsDescription: {
      ContinuousBackupsStatus: "ENABLED",
      PointInTimeRecoveryDescription:
        since === undefined
          ? { PointInTimeRecoveryStatus: "DISABLED" }
          : {
              PointInTimeRecoveryStatus: "ENABLED",
              RecoveryPeriodInDays: definition.recoveryDays,
              EarliestRestorableDateTime: earliest / 1000,
              // DynamoDB can restore up to five minutes ago: PointInTimeRecovery_Howitworks.html.
              LatestRestorableDateTime: Math.max(earliest, now - 300_000) / 1000,
            },
    },
  };
}
