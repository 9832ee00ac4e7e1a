import { AwsError } from "../../../aws-error";
import type { AnyOperation, Json } from "../../../service";
import { keyAccess } from "../access";
import type { Key, KeyStore } from "../keys";

interface RotationInput {
  readonly KeyId: string;
  readonly RotationPeriodInDays?: number;
}

const DAY_MS = 86_400_000;
/** https://docs.aws.amazon.com/kms/latest/APIReference/API_EnableKeyRotation.html */
const PERIOD_DAYS = { least: 90, most: 2_560 };

/** EnableKeyRotation, DisableKeyRotation, GetKeyRotationStatus. */
export function rotationOperations(store: KeyStore): Readonly<Record<string, AnyOperation>> {
  const on = (operation: string, act: (key: Key, input: RotationInput, now: number) => Json): AnyOperation => ({
    authorize: ({ KeyId }: RotationInput) => [keyAccess(store, `kms:${operation}`, KeyId)],
    answer: (input: RotationInput, { cloud }) => act(store.get(input.KeyId), input, cloud.clock.now()),
  });
  return {
    GetKeyRotationStatus: on("GetKeyRotationStatus", (key, _input, now) => ({
      KeyId: key.id,
      KeyRotationEnabled: key.rotation && key.deletion === undefined,
      ...(key.rotation && key.deletion === undefined
        ? { RotationPeriodInDays: key.rotationPeriod, NextRotationDate: nextRotation(key, now) / 1000 }
        : {}),
    })),
    EnableKeyRotation: on("EnableKeyRotation", ({ id }, { RotationPeriodInDays }, now) => {
      checkPeriod(RotationPeriodInDays);
      const key = store.usable(id);
      if (!key.rotation || RotationPeriodInDays !== undefined) key.rotationSince = now;
      if (RotationPeriodInDays !== undefined) key.rotationPeriod = RotationPeriodInDays;
      key.rotation = true;
      return {};
    }),
    DisableKeyRotation: on("DisableKeyRotation", ({ id }) => {
      store.usable(id).rotation = false;
      return {};
    }),
  };
}

function nextRotation(key: Key, now: number): number {
  const period = key.rotationPeriod * DAY_MS;
  return key.rotationSince + (Math.floor((now - key.rotationSince) / period) + 1) * period;
}

function checkPeriod(days: number | undefined): void {
  if (days === undefined || (days >= PERIOD_DAYS.least && days <= PERIOD_DAYS.most)) return;
  const bound =
    days < PERIOD_DAYS.least
      ? `greater than or equal to ${PERIOD_DAYS.least}`
      : `less than or equal to ${PERIOD_DAYS.most}`;
  throw new AwsError(
    "ValidationException",
    `1 validation error detected: Value '${days}' at 'rotationPeriodInDays' failed to satisfy constraint: Member must have value ${bound}`,
  );
}
