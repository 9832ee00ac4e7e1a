const expected = "JSON String, Number, Array, Object or token 'null', 'true' or 'false'";

/**
 * Why a payload is no JSON, in the words of AWS's parser for what callers run into most: text without quotes, and bytes
 * that come of decoding Base64 that never was any.
 * @param otherwise what this machine's parser says
 */
export function whyNoJson(bytes: Buffer, otherwise: string): string {
  const start = bytes.findIndex((byte) => byte > 0x20);
  const first = bytes[start] ?? 0;
  const word = /^[A-Za-z_$][\w$]*/.exec(bytes.toString("latin1", Math.max(start, 0)))?.[0] ?? "";
  const end = start + word.length;
  if (word !== "" && !["true", "false", "null"].includes(word))
    return beginsNothing(bytes[end])
      ? at(`Invalid UTF-8 start byte 0x${hex(bytes[end])}`, end + 2)
      : at(`Unrecognized token '${word}': was expecting (${expected})`, end + 1);
  if (word === "" && start >= 0 && !/["{[\d-]/.test(String.fromCharCode(first))) {
    const control = first >= 0x7f && first < 0xa0;
    const shown = control ? `(CTRL-CHAR, code ${first})` : `'${String.fromCharCode(first)}' (code ${first})`;
    return at(`Unexpected character (${shown}): expected a valid value (${expected})`, start + 1);
  }
  return otherwise;
}

function at(problem: string, column: number): string {
  return `${problem}\n at [Source: REDACTED (\`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION\` disabled); line: 1, column: ${column}]`;
}

/** Whether no character of UTF-8 starts with the byte. */
function beginsNothing(byte: number | undefined): boolean {
  return byte !== undefined && ((byte >= 0x80 && byte < 0xc0) || byte >= 0xf8);
}

function hex(byte = 0): string {
  return byte.toString(16).padStart(2, "0");
}
