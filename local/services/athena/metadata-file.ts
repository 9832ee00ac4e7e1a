import type { ResultColumn } from "./executions";

/** The binary file beside a result, which AWS does not document: the columns, in the wire format of protocol buffers. */
export function metadataFile(columns: readonly ResultColumn[]): Buffer {
  return Buffer.concat(
    columns.map((column) => {
      const body = Buffer.concat([
        text(1, "hive"),
        text(4, column.name),
        text(5, column.name),
        text(6, column.type),
        number(7, column.precision),
        number(8, column.scale),
      ]);
      return Buffer.concat([varint((4 << 3) | 2), varint(body.length), body]);
    }),
  );
}

function text(field: number, value: string): Buffer {
  const bytes = Buffer.from(value, "utf8");
  return Buffer.concat([varint((field << 3) | 2), varint(bytes.length), bytes]);
}

function number(field: number, value: number): Buffer {
  return Buffer.concat([varint(field << 3), varint(value)]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  for (; value > 127; value = Math.floor(value / 128)) bytes.push((value % 128) | 128);
  return Buffer.from([...bytes, value]);
}
