import { numberBytes } from "./numbers";
import { typeOf, type AttributeValue, type Item } from "./values";

/**
 * Bytes of an item: names and values.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
 */
export function itemBytes(item: Item): number {
  let bytes = 0;
  for (const name in item) bytes += textBytes(name) + valueBytes(item[name]!);
  return bytes;
}

function valueBytes(value: AttributeValue): number {
  const type = typeOf(value);
  switch (type) {
    case "S":
      return textBytes(value.S!);
    case "N":
      return numberBytes(value.N!);
    case "B":
      return binaryBytes(value.B!);
    case "BOOL":
    case "NULL":
      return 1;
    case "SS":
      return value.SS!.reduce((sum, element) => sum + textBytes(element), 0);
    case "NS":
      return value.NS!.reduce((sum, element) => sum + numberBytes(element), 0);
    case "BS":
      return value.BS!.reduce((sum, element) => sum + binaryBytes(element), 0);
    case "L":
      return value.L!.reduce((sum, element) => sum + 1 + valueBytes(element), 3);
    case "M":
      return 3 + Object.keys(value.M!).length + itemBytes(value.M!);
  }
}

export function textBytes(text: string): number {
  return Buffer.byteLength(text, "utf8");
}

export function binaryBytes(base64: string): number {
  const padding = base64.endsWith("==") ? 2 : base64.endsWith("=") ? 1 : 0;
  return (base64.length / 4) * 3 - padding;
}
