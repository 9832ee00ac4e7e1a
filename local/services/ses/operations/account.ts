import { AwsError } from "../../../aws-error";
import type { AnyOperation } from "../../../service";
import type { Suppressed } from "../account";
import type { SuppressedReason } from "../configuration-sets";
import type { SesEngine } from "../engine";

interface One {
  readonly EmailAddress: string;
}

/** GetSendQuota, GetAccount, and the account's suppression list. */
export function accountOperations(engine: SesEngine): Readonly<Record<string, AnyOperation>> {
  const { account } = engine;
  const any = (action: string) => () => [{ action, resource: "*" }];
  const quota = () => ({
    Max24HourSend: account.limits.quota,
    MaxSendRate: account.limits.rate,
    SentLast24Hours: account.sentLast24Hours,
  });
  const missing = (address: string): AwsError =>
    new AwsError("NotFoundException", `Email address ${address} does not exist on your suppression list.`, 404);
  return {
    GetSendQuota: { authorize: any("ses:GetSendQuota"), answer: quota },
    GetAccount: {
      authorize: any("ses:GetAccount"),
      answer: () => ({
        DedicatedIpAutoWarmupEnabled: false,
        EnforcementStatus: "HEALTHY",
        ProductionAccessEnabled: account.settings.productionAccess,
        SendQuota: quota(),
        SendingEnabled: account.settings.sendingEnabled,
        SuppressionAttributes: { SuppressedReasons: account.suppressedReasons },
      }),
    },
    PutAccountSuppressionAttributes: {
      authorize: any("ses:PutAccountSuppressionAttributes"),
      answer: ({ SuppressedReasons = [] }: { SuppressedReasons?: readonly SuppressedReason[] }) => {
        account.suppressedReasons = SuppressedReasons;
        return {};
      },
    },
    PutSuppressedDestination: {
      authorize: any("ses:PutSuppressedDestination"),
      answer: ({ EmailAddress, Reason }: One & { Reason: SuppressedReason }) => {
        if (!["BOUNCE", "COMPLAINT"].includes(Reason))
          throw new AwsError("BadRequestException", `Invalid suppression reason <${Reason}>.`, 400);
        account.suppress(EmailAddress, Reason);
        return {};
      },
    },
    GetSuppressedDestination: {
      authorize: any("ses:GetSuppressedDestination"),
      answer: ({ EmailAddress }: One) => {
        const found = account.suppressed(EmailAddress);
        if (!found) throw missing(EmailAddress);
        return { SuppressedDestination: { ...summary(found), Attributes: {} } };
      },
    },
    DeleteSuppressedDestination: {
      authorize: any("ses:DeleteSuppressedDestination"),
      answer: ({ EmailAddress }: One) => {
        if (!account.unsuppress(EmailAddress)) throw missing(EmailAddress);
        return {};
      },
    },
    ListSuppressedDestinations: {
      authorize: any("ses:ListSuppressedDestinations"),
      answer: ({
        Reason,
        PageSize = 100,
        NextToken,
      }: {
        Reason?: string | readonly string[];
        PageSize?: number | string;
        NextToken?: string;
      }) => {
        const reasons = Reason === undefined ? undefined : [Reason].flat();
        const found = account.suppressionList.filter(({ reason }) => reasons === undefined || reasons.includes(reason));
        const from = Number(NextToken ?? 0);
        const to = from + Number(PageSize);
        return {
          SuppressedDestinationSummaries: found.slice(from, to).map(summary),
          ...(to < found.length ? { NextToken: String(to) } : {}),
        };
      },
    },
  };
}

function summary({ address, reason, time }: Suppressed) {
  return { EmailAddress: address, Reason: reason, LastUpdateTime: time / 1000 };
}
