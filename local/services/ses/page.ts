import { paginate } from "../events/page";

/** Which page of a list is asked for; the first API sends numbers as text. */
export interface PageInput {
  readonly NextToken?: string | undefined;
  readonly PageSize?: number | string | undefined;
}

export function pageOf<T>(items: readonly T[], { NextToken, PageSize }: PageInput): ReturnType<typeof paginate<T>> {
  return paginate(items, {
    ...(NextToken === undefined ? {} : { NextToken }),
    ...(PageSize === undefined ? {} : { Limit: Number(PageSize) }),
  });
}
