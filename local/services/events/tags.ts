/** A tag as on the wire. */
export interface Tag {
  readonly Key: string;
  readonly Value: string;
}

export interface Tagged {
  tags: Record<string, string>;
}

export function readTags(tags: readonly Tag[] | undefined): Record<string, string> {
  return Object.fromEntries((tags ?? []).map(({ Key, Value }) => [Key, Value]));
}

export function writeTags(tags: Readonly<Record<string, string>>): readonly Tag[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}
