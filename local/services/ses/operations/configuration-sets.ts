import type { AnyOperation, Json } from "../../../service";
import { inFirstApi } from "../api-errors";
import type { ConfigurationSet, SuppressedReason } from "../configuration-sets";
import type { SesEngine } from "../engine";
import { pageOf, type PageInput } from "../page";

interface Named {
  readonly ConfigurationSetName: string;
}
interface CreateInput extends Named {
  /** The first API nests the name. */
  readonly ConfigurationSet?: { readonly Name: string };
  readonly SuppressionOptions?: { readonly SuppressedReasons?: readonly SuppressedReason[] };
  readonly SendingOptions?: { readonly SendingEnabled?: boolean };
  readonly DeliveryOptions?: { readonly TlsPolicy?: string };
  readonly ReputationOptions?: { readonly ReputationMetricsEnabled?: boolean };
  readonly TrackingOptions?: { readonly CustomRedirectDomain?: string };
}
/** Configuration sets; creating and deleting them are operations of both APIs. */
export function configurationSetOperations(engine: SesEngine): Readonly<Record<string, AnyOperation>> {
  const { sets } = engine;
  const one =
    (action: string) =>
    ({ ConfigurationSetName }: Named) => [{ action, resource: sets.arnOf(ConfigurationSetName) }];
  return {
    CreateConfigurationSet: {
      authorize: (input: CreateInput) => [
        {
          action: "ses:CreateConfigurationSet",
          resource: sets.arnOf(input.ConfigurationSet?.Name ?? input.ConfigurationSetName),
        },
      ],
      answer: (input: CreateInput) => {
        const first = input.ConfigurationSet;
        const set = first ? inFirstApi(() => sets.create(first.Name)) : sets.create(input.ConfigurationSetName);
        set.sendingEnabled = input.SendingOptions?.SendingEnabled !== false;
        set.tlsPolicy = input.DeliveryOptions?.TlsPolicy ?? "OPTIONAL";
        set.reputationMetrics = input.ReputationOptions?.ReputationMetricsEnabled === true;
        if (input.SuppressionOptions?.SuppressedReasons)
          set.suppressedReasons = input.SuppressionOptions.SuppressedReasons;
        if (input.TrackingOptions?.CustomRedirectDomain !== undefined)
          set.redirectDomain = input.TrackingOptions.CustomRedirectDomain;
        return {};
      },
    },
    GetConfigurationSet: {
      authorize: one("ses:GetConfigurationSet"),
      answer: ({ ConfigurationSetName }: Named) => shape(sets.get(ConfigurationSetName)),
    },
    ListConfigurationSets: {
      authorize: () => [{ action: "ses:ListConfigurationSets", resource: "*" }],
      // The first API says how many by MaxItems.
      answer: ({ NextToken, PageSize, MaxItems }: PageInput & { readonly MaxItems?: string }) => {
        const { items, next } = pageOf([...sets.all.keys()], { NextToken, PageSize: PageSize ?? MaxItems });
        return { ConfigurationSets: items.map((Name) => ({ Name })), ...next };
      },
    },
    DeleteConfigurationSet: {
      authorize: one("ses:DeleteConfigurationSet"),
      answer: ({ ConfigurationSetName }: Named) => {
        sets.all.delete(inFirstApi(() => sets.get(ConfigurationSetName)).name);
        return {};
      },
    },
  };
}

function shape(set: ConfigurationSet): Json {
  return {
    ConfigurationSetName: set.name,
    SendingOptions: { SendingEnabled: set.sendingEnabled },
    DeliveryOptions: { TlsPolicy: set.tlsPolicy },
    ReputationOptions: { ReputationMetricsEnabled: set.reputationMetrics },
    ...(set.suppressedReasons ? { SuppressionOptions: { SuppressedReasons: set.suppressedReasons } } : {}),
    ...(set.redirectDomain === undefined ? {} : { TrackingOptions: { CustomRedirectDomain: set.redirectDomain } }),
    Tags: [],
  };
}
