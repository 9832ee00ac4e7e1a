import { AwsError } from "../../../aws-error";

/** How a listing is asked for in pages; numbers come as text in the query protocol. */
export interface PageInput {
  readonly MaxItems?: string | number;
  readonly Marker?: string;
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListRoles.html */
const MAX_ITEMS = { fallback: 100, most: 1000 };

/** One page of a listing, and how to ask for the next. */
export function pageOf<T>(
  all: readonly T[],
  { MaxItems, Marker }: PageInput,
): { readonly page: readonly T[]; readonly rest: { readonly IsTruncated: boolean; readonly Marker?: string } } {
  const start = Marker === undefined ? 0 : Number(Buffer.from(Marker, "base64url").toString());
  if (!Number.isInteger(start) || start < 0 || Marker === "")
    throw new AwsError("ValidationError", `Invalid Marker: ${String(Marker)}`);
  const count = MaxItems === undefined ? MAX_ITEMS.fallback : Number(MaxItems);
  if (!(count >= 1 && count <= MAX_ITEMS.most)) {
    const bound = count < 1 ? "greater than or equal to 1" : `less than or equal to ${MAX_ITEMS.most}`;
    throw new AwsError(
      "ValidationError",
      `1 validation error detected: Value '${String(MaxItems)}' at 'maxItems' failed to satisfy constraint: Member must have value ${bound}`,
    );
  }
  const end = start + count;
  return {
    page: all.slice(start, end),
    rest:
      end >= all.length
        ? { IsTruncated: false }
        : { IsTruncated: true, Marker: Buffer.from(String(end)).toString("base64url") },
  };
}

/** IAM's times have no fractions of a second. */
export function isoSecond(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}
