import { paginateDescribeLogGroups } from "@aws-sdk/client-cloudwatch-logs";
import { DescribeContinuousBackupsCommand } from "@aws-sdk/client-dynamodb";
import { day } from "../redrive/inspect";
import type { Place } from "./place";

const DAY_MS = 86_400_000;
/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/PointInTimeRecovery_Howitworks.html */
const BACKUP_DAYS = 35;

/** Backups cannot be written to: what was erased stays in them until their window has passed. */
export const backups: Place = {
  title: "point-in-time backups (cannot be changed)",
  look: async ({ access }) => {
    const { gateway, messages } = access.operations;
    const tables = [gateway?.players, gateway?.presence, messages?.table].filter((table) => table !== undefined);
    let days = 0;
    for (const TableName of tables) {
      const { ContinuousBackupsDescription } = await access.database.send(
        new DescribeContinuousBackupsCommand({ TableName }),
      );
      const recovery = ContinuousBackupsDescription?.PointInTimeRecoveryDescription;
      if (recovery?.PointInTimeRecoveryStatus !== "ENABLED") continue;
      days = Math.max(days, recovery.RecoveryPeriodInDays ?? BACKUP_DAYS);
    }
    const remains =
      days === 0 ? undefined : `until ${day(Date.now() + days * DAY_MS)} (${days} days); erase again after a restore`;
    return { where: `${tables.length} tables`, found: 0, ...(remains === undefined ? {} : { remains }) };
  },
};

/** Logs hold ids of players where a handler failed, and never addresses or tokens. */
export const logs: Place = {
  title: "logs and traces (cannot be searched by player)",
  look: async ({ access }) => {
    const { gateway, messages, emails, segments } = access.operations;
    const functions = [
      gateway?.redriveFunction,
      messages?.enqueueFunction,
      emails?.redriveFunction,
      segments?.startFunction,
    ];
    const prefix = commonPrefix(functions.flatMap((arn) => arn?.split(":").at(6) ?? []));
    let days = 0;
    let groups = 0;
    const pages = paginateDescribeLogGroups(
      { client: access.aws.get("logs") },
      { logGroupNamePrefix: `/aws/lambda/${prefix}` },
    );
    for await (const page of pages) {
      for (const { retentionInDays } of page.logGroups ?? []) {
        groups += 1;
        days = Math.max(days, retentionInDays ?? Infinity);
      }
    }
    const until =
      days === Infinity ? "for ever: set a retention" : `until ${day(Date.now() + days * DAY_MS)} (${days} days)`;
    return {
      where: `${groups} log groups`,
      found: 0,
      remains: `${until}; traces 30 days; Athena keeps the text of queries, with the id, for 45 days`,
    };
  },
};

function commonPrefix(names: readonly string[]): string {
  const [first = "", ...rest] = names;
  let length = first.length;
  for (const name of rest) while (!name.startsWith(first.slice(0, length))) length -= 1;
  return first.slice(0, length);
}
